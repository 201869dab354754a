import { describe, expect, it } from '@jest/globals';
import {
  appName,
  exclusiveAppAmong,
  foreignCpuPercent,
  memoryReading,
  ownCpuSeconds,
  type CpuSample,
} from './foreign-use.js';
import type { OwnUsePart } from './own-use.js';

const part = (id: string, cpuSeconds: number, more: Partial<OwnUsePart> = {}): OwnUsePart => ({
  id,
  cpuSeconds,
  memoryBytes: 0,
  pids: [],
  ...more,
});

const sample = (busySeconds: number, totalSeconds: number, own: OwnUsePart[] = []): CpuSample => ({
  machine: { busySeconds, totalSeconds },
  own,
});

describe('foreignCpuPercent', () => {
  it.each<[string, CpuSample, CpuSample, number]>([
    ['nothing runs', sample(100, 1000), sample(100, 1020), 0],
    ['the owner alone runs', sample(100, 1000), sample(110, 1020), 50],
    ['we alone run', sample(100, 1000, [part('a', 7)]), sample(110, 1020, [part('a', 17)]), 0],
    ['both run', sample(100, 1000, [part('a', 0)]), sample(115, 1020, [part('a', 5)]), 50],
    ['our counters run ahead', sample(100, 1000, [part('a', 0)]), sample(105, 1020, [part('a', 6)]), 0],
    ['a container began', sample(100, 1000), sample(110, 1020, [part('new', 10)]), 0],
    ['a container ended', sample(100, 1000, [part('old', 90)]), sample(110, 1020), 50],
    ['all is used', sample(100, 1000), sample(130, 1020), 100],
  ])('when %s', (_, before, after, percent) => {
    expect(foreignCpuPercent(before, after)).toEqual({ known: true, value: percent });
  });

  it('is unknown at the first reading, and when counters stand still or fall', () => {
    expect(foreignCpuPercent(null, sample(1, 2)).known).toBe(false);
    expect(foreignCpuPercent(sample(1, 2), sample(1, 2)).known).toBe(false);
    expect(foreignCpuPercent(sample(5, 10), sample(4, 20)).known).toBe(false);
  });
});

describe('ownCpuSeconds', () => {
  it('adds up what each part used since, and never goes below nothing', () => {
    const before = [part('a', 10), part('b', 5), part('gone', 100)];
    expect(ownCpuSeconds(before, [part('a', 12), part('b', 4), part('new', 1)])).toBe(3);
  });
});

describe('memoryReading', () => {
  it('divides what is used into ours and the owner’s', () => {
    const own = [part('a', 0, { memoryBytes: 100 }), part('b', 0, { memoryBytes: 50 })];
    expect(memoryReading({ totalBytes: 1000, usedBytes: 400 }, own)).toEqual({
      totalBytes: 1000,
      foreignBytes: 250,
      ownBytes: 150,
    });
    expect(memoryReading({ totalBytes: 1000, usedBytes: 100 }, own).foreignBytes).toBe(0);
  });
});

describe('exclusiveAppAmong', () => {
  const processes = [
    { pid: 1, names: ['systemd'] },
    { pid: 7, names: ['Cyberpunk2077.e', 'Cyberpunk2077.exe'] },
    { pid: 8, names: ['ffmpeg'] },
  ];

  it('finds one by any of its names, whatever their case and ending', () => {
    expect(exclusiveAppAmong(processes, ['cyberpunk2077'], [])).toBe('cyberpunk2077');
    expect(exclusiveAppAmong(processes, ['obs', 'ffmpeg'], [])).toBe('ffmpeg');
  });

  it('finds none where none runs, and none that is ours', () => {
    expect(exclusiveAppAmong(processes, ['obs'], [])).toBeNull();
    expect(exclusiveAppAmong(processes, [], [])).toBeNull();
    expect(exclusiveAppAmong(processes, ['ffmpeg'], [part('a', 0, { pids: [8] })])).toBeNull();
  });

  it('finds the owner’s beside ours of the same name', () => {
    const both = [...processes, { pid: 9, names: ['ffmpeg'] }];
    expect(exclusiveAppAmong(both, ['ffmpeg'], [part('a', 0, { pids: [8] })])).toBe('ffmpeg');
  });

  it.each([
    ['OBS64.EXE', 'obs64'],
    ['blender', 'blender'],
  ])('compares %s as %s', (name, compared) => expect(appName(name)).toBe(compared));
});
