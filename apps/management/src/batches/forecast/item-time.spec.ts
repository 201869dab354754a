import { describe, expect, it } from '@jest/globals';
import { addDuration, emptySketch, type DurationSketch } from '#shared/domain/capacity/duration-sketch.js';
import { itemTime, longestItemSeconds, workSeconds } from './item-time.js';

const NOTHING = { count: 0, durationMsTotal: 0 };
const EVEN = { mean: 2, spread: 1, quantile: (share: number) => 10 * share };

function sketchOf(...seconds: number[]): DurationSketch {
  const sketch = emptySketch();
  for (const one of seconds) addDuration(sketch, one);
  return sketch;
}

describe('itemTime', () => {
  it('goes by what was measured of the function', () => {
    const time = itemTime(sketchOf(...Array<number>(90).fill(1), ...Array<number>(10).fill(11)), NOTHING);
    expect(time?.mean).toBeCloseTo(2, 0);
    expect(time?.spread).toBeCloseTo(3, 0);
    expect(time?.quantile(0.99)).toBeCloseTo(11, -0.5);
  });

  it('goes by the run itself where the function is new', () => {
    const time = itemTime(undefined, { count: 20, durationMsTotal: 60_000 });
    expect(time).toMatchObject({ mean: 3, spread: 0 });
    expect(time?.quantile(0.9)).toBe(3);
  });

  it('knows nothing by a few items', () => {
    expect(itemTime(undefined, NOTHING)).toBeNull();
    expect(itemTime(sketchOf(1, 1, 1), { count: 9, durationMsTotal: 9000 })).toBeNull();
  });
});

describe('workSeconds', () => {
  it('is the mean of all for even odds, and more for better ones', () => {
    expect(workSeconds(EVEN, 100, 'p50')).toBe(200);
    expect(workSeconds(EVEN, 100, 'p90')).toBeCloseTo(212.8, 1);
  });

  it('varies the less the more items there are', () => {
    const excess = (items: number) => workSeconds(EVEN, items, 'p90') / workSeconds(EVEN, items, 'p50');
    expect(excess(10_000)).toBeLessThan(excess(100));
  });
});

describe('longestItemSeconds', () => {
  it('is the longer the more items there are', () => {
    expect(longestItemSeconds(EVEN, 1, 'p50')).toBe(5);
    expect(longestItemSeconds(EVEN, 1, 'p90')).toBe(9);
    expect(longestItemSeconds(EVEN, 1000, 'p50')).toBeGreaterThan(9.9);
  });

  it('is nothing without items', () => {
    expect(longestItemSeconds(EVEN, 0, 'p90')).toBe(0);
  });
});
