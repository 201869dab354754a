import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { admit, secondsNeeded, type TimeLeft } from './admission.js';
import {
  addDuration,
  emptySketch,
  LEAST_FOR_QUANTILE,
  quantileSeconds,
  type DurationSketch,
} from './duration-sketch.js';

const sketchOf = (durations: readonly number[]): DurationSketch => {
  const sketch = emptySketch();
  for (const seconds of durations) addDuration(sketch, seconds);
  return sketch;
};
const LEFT: TimeLeft = { window: 10_000, hours: 8000, idle: 6000 };

describe('admit', () => {
  const hundredSeconds = sketchOf(Array.from({ length: 100 }, () => 100));

  it.each([
    ['idle', { ...LEFT, idle: 90 }],
    ['hours', { ...LEFT, hours: 90 }],
    ['window', { ...LEFT, window: 90 }],
  ] as const)('refuses what does not fit the %s, and says how much is missing', (limitedBy, left) => {
    const admission = admit({ durations: hundredSeconds, timeoutSeconds: 300 }, left);
    expect(admission).toMatchObject({
      admitted: false,
      reason: 'WINDOW_TOO_SHORT',
      leftSeconds: 90,
      limitedBy,
    });
  });

  it('takes what fits the least of them', () => {
    const left = { window: 110, hours: Infinity, idle: 111 };
    expect(admit({ durations: hundredSeconds, timeoutSeconds: 300 }, left)).toEqual({ admitted: true });
  });

  it('goes by the time-out where there is no history, or too little', () => {
    const few = sketchOf(Array.from({ length: LEAST_FOR_QUANTILE - 1 }, () => 1));
    const needed = [null, few].map((durations) => secondsNeeded({ durations, timeoutSeconds: 1800 }));
    expect(needed).toEqual([1800, 1800]);
  });

  it('never needs more than the time-out', () => {
    expect(secondsNeeded({ durations: hundredSeconds, timeoutSeconds: 60 })).toBe(60);
  });

  it('starts what nobody knows the length of only where time does not end', () => {
    const unknown = { durations: null, timeoutSeconds: null };
    const endless = { window: Infinity, hours: Infinity, idle: Infinity };
    expect(admit(unknown, endless).admitted).toBe(true);
    expect(admit(unknown, { ...endless, idle: 600_000 }).admitted).toBe(false);
  });
});

describe('a sketch of durations', () => {
  it('tells the P90 within 5 %, whatever was added', () => {
    const durations = fc.array(fc.double({ min: 0.02, max: 1_000_000, noNaN: true }), {
      minLength: 10,
      maxLength: 500,
    });
    fc.assert(
      fc.property(durations, (seconds) => {
        const exact = [...seconds].sort((a, b) => a - b)[Math.ceil(0.9 * seconds.length) - 1] as number;
        const told = quantileSeconds(sketchOf(seconds), 0.9) as number;
        expect(Math.abs(told - exact) / exact).toBeLessThanOrEqual(0.05 + 1e-9);
      }),
      { seed: 20_261_129, numRuns: 200 },
    );
  });

  it('forgets: after a change for the slower, the P90 follows', () => {
    const sketch = sketchOf([
      ...Array.from({ length: 50_000 }, () => 10),
      ...Array.from({ length: 1000 }, () => 60),
    ]);
    expect(quantileSeconds(sketch, 0.9)).toBeGreaterThan(55);
  });

  it('keeps its size, and takes the shortest and the longest', () => {
    const sketch = sketchOf([
      ...Array.from({ length: 9 }, () => 0),
      ...Array.from({ length: 20 }, () => 1e12),
    ]);
    expect(sketch.counts.length).toBeLessThan(250);
    expect(quantileSeconds(sketch, 0.1)).toBeCloseTo(0.01);
    expect(quantileSeconds(sketch, 1)).toBeGreaterThan(14 * 24 * 3600 * 0.9);
  });
});
