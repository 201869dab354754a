import { describe, expect, it } from '@jest/globals';
import type { OwnUsePart } from './sensors/own-use.js';
import { UseMeter } from './use-meter.js';

const part = (id: string, cpuSeconds: number): OwnUsePart => ({ id, cpuSeconds, memoryBytes: 0, pids: [] });

describe('UseMeter', () => {
  it('tells the average since it was last asked, with containers that came and went meanwhile', async () => {
    let nowMs = 0;
    let parts = [part('a', 100), part('b', 50)];
    const meter = new UseMeter(
      async () => parts,
      () => nowMs,
    );
    expect(await meter.busyCores()).toBeNull();
    nowMs = 10_000;
    parts = [part('a', 108), part('c', 7)];
    expect(await meter.busyCores()).toBe(1.5);
    expect(await meter.busyCores()).toBeNull();
  });

  it('knows nothing while the use can not be read, and begins anew afterwards', async () => {
    let nowMs = 0;
    let fails = false;
    const meter = new UseMeter(
      async () => (fails ? Promise.reject(new Error('no')) : [part('a', nowMs / 1000)]),
      () => nowMs,
    );
    const ask = (atMs: number, failing: boolean): Promise<number | null> => {
      nowMs = atMs;
      fails = failing;
      return meter.busyCores();
    };
    expect(await ask(0, false)).toBeNull();
    expect(await ask(1000, true)).toBeNull();
    expect(await ask(2000, false)).toBeNull();
    expect(await ask(3000, false)).toBe(1);
  });
});
