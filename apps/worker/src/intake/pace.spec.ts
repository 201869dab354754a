import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.js';

const NEVER = new AbortController().signal;

describe('Pace', () => {
  it('holds nothing up without a rate', async () => {
    await new Pace(undefined).take(1_000_000, NEVER);
  });

  it('lets each item begin at its time, the first one too', async () => {
    let now = 0;
    const pace = new Pace(
      10,
      () => now,
      async (ms) => void (now += ms),
    );
    const begun: number[] = [];
    for (const items of [1, 1, 5, 1]) {
      await pace.take(items, NEVER);
      begun.push(now);
    }
    expect(begun).toEqual([100, 200, 700, 800]);
  });

  it('saves up no more than a moment of what was not used', async () => {
    let now = 0;
    const pace = new Pace(100, () => now);
    now = 60_000;
    let begun = 0;
    const over = new AbortController();
    const all = (async () => {
      for (; begun < 1000; begun += 1) {
        if (over.signal.aborted) return;
        await pace.take(1, over.signal);
      }
    })();
    for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
    // A tenth of a second's.
    expect(begun).toBe(10);
    over.abort();
    await all;
  });

  it('waits no longer than until its signal', async () => {
    const over = new AbortController();
    const taking = new Pace(0.001).take(1, over.signal);
    over.abort();
    await taking;
  });
});
