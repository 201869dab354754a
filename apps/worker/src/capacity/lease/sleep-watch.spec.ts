import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '../../../../../test/support/wait-for.js';
import { SleepWatch } from './sleep-watch.js';

describe('SleepWatch', () => {
  let nowMs = 0;
  let woke: number[] = [];
  let watch: SleepWatch | undefined;
  const open = (): SleepWatch => {
    woke = [];
    watch = new SleepWatch(
      () => nowMs,
      (seconds) => woke.push(seconds),
    );
    watch.open();
    return watch;
  };
  afterEach(() => watch?.close());

  it('tells for how long nothing ran, once each time', () => {
    const one = open();
    nowMs += 1_000;
    one.tick();
    nowMs += 31_000;
    one.tick();
    nowMs += 1_000;
    one.tick();
    expect(woke).toEqual([30]);
  });

  it('does not mind being a little late', () => {
    const one = open();
    nowMs += 4_500;
    one.tick();
    expect(woke).toEqual([]);
  });

  it('ticks by itself', async () => {
    open();
    nowMs += 61_000;
    await waitFor(() => woke.length > 0, { timeoutMs: 60_000 });
    expect(woke).toEqual([60]);
  });
});
