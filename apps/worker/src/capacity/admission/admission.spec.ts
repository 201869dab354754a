import { describe, expect, it } from '@jest/globals';
import {
  addDuration,
  emptySketch,
  LEAST_FOR_QUANTILE,
  type DurationSketch,
} from '#shared/domain/capacity/duration-sketch.js';
import { admit, secondsNeeded, type TimeLeft } from './admission.js';

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
