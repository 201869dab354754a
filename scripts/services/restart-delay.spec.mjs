import { describe, expect, it } from '@jest/globals';
import { restartDelay } from './restart-delay.mjs';

describe('restartDelay', () => {
  it('doubles with each death, up to half a minute', () => {
    const delays = [];
    let deathsInARow = 0;
    for (let death = 0; death < 7; death += 1) {
      const next = restartDelay({ deathsInARow, livedMs: 100 });
      delays.push(next.delayMs);
      deathsInARow = next.deathsInARow;
    }
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('begins anew after a healthy minute', () => {
    expect(restartDelay({ deathsInARow: 5, livedMs: 60_000 })).toEqual({ delayMs: 1_000, deathsInARow: 1 });
  });
});
