import { describe, expect, it } from '@jest/globals';
import type { ContainerStats } from 'dockerode';
import { useOf } from './container-stats.js';

const cpu = (total: number): object => ({ cpu_stats: { cpu_usage: { total_usage: total } } });

describe('useOf', () => {
  it.each([
    [
      'Linux, control groups 1',
      { ...cpu(2.5e9), memory_stats: { usage: 100, stats: { inactive_file: 1, total_inactive_file: 30 } } },
      1e-9,
      { cpuSeconds: 2.5, memoryBytes: 70 },
    ],
    [
      'Linux, control groups 2',
      { ...cpu(2.5e9), memory_stats: { usage: 100, stats: { inactive_file: 30 } } },
      1e-9,
      { cpuSeconds: 2.5, memoryBytes: 70 },
    ],
    [
      'Windows',
      { ...cpu(2.5e7), memory_stats: { commitbytes: 100, commitpeakbytes: 200, privateworkingset: 70 } },
      1e-7,
      { cpuSeconds: 2.5, memoryBytes: 70 },
    ],
    [
      'Windows, Hyper-V',
      { ...cpu(2.5e7), memory_stats: { commitbytes: 70 } },
      1e-7,
      { cpuSeconds: 2.5, memoryBytes: 70 },
    ],
    ['one that has ended', { ...cpu(0), memory_stats: {} }, 1e-9, null],
  ])('of %s', (_what, stats, unit, use) => {
    const found = useOf(stats as unknown as ContainerStats, unit);
    if (use === null || found === null) return expect(found).toBe(use);
    expect(found.memoryBytes).toBe(use.memoryBytes);
    expect(found.cpuSeconds).toBeCloseTo(use.cpuSeconds);
  });
});
