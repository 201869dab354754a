import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addDuration,
  emptySketch,
  fadeSketch,
  meanSeconds,
  mergeSketch,
  quantileSeconds,
  sketchOfParts,
  sketchParts,
  spreadSeconds,
  type DurationSketch,
} from './duration-sketch.js';

const sketchOf = (durations: readonly number[]): DurationSketch => {
  const sketch = emptySketch();
  for (const seconds of durations) addDuration(sketch, seconds);
  return sketch;
};
const times = (count: number, seconds: number): number[] => Array.from({ length: count }, () => seconds);

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

  it('is the same whether one machine saw all or several saw some', () => {
    const [here, there] = [times(30, 1), times(20, 90)].map(sketchOf) as [DurationSketch, DurationSketch];
    mergeSketch(here, there);
    expect(here).toEqual(sketchOf([...times(30, 1), ...times(20, 90)]));
  });

  it('stays bounded however often it is merged, and follows what came last', () => {
    const kept = sketchOf(times(1900, 1));
    for (let minute = 0; minute < 20; minute += 1) mergeSketch(kept, sketchOf(times(200, 10)));
    expect(kept.total).toBeLessThan(2000);
    expect(quantileSeconds(kept, 0.5)).toBeGreaterThan(9);
  });

  it('knows nothing any more once it has faded', () => {
    const sketch = sketchOf(times(40, 5));
    fadeSketch(sketch, 0.5);
    expect(quantileSeconds(sketch, 0.9)).toBeCloseTo(5, 0);
    fadeSketch(sketch, 0.25);
    expect(quantileSeconds(sketch, 0.9)).toBeNull();
    fadeSketch(sketch, 1e-6);
    expect(sketch).toEqual(emptySketch());
  });

  it('comes back from its parts as it was, and without what lies in no bucket', () => {
    const sketch = sketchOf([...times(12, 0.5), ...times(3, 4000)]);
    const parts = sketchParts(sketch);
    expect(parts).toHaveLength(2);
    const strange: [number, number][] = [
      [-1, 5],
      [1e9, 5],
      [1.5, 5],
      [3, -1],
      [3, NaN],
    ];
    expect(sketchOfParts([...parts, ...strange])).toEqual(sketch);
  });

  it('tells the mean, where enough was seen', () => {
    expect(meanSeconds(sketchOf(times(9, 1)))).toBeNull();
    expect(meanSeconds(sketchOf([...times(50, 1), ...times(50, 3)]))).toBeCloseTo(2, 0);
  });

  it('tells by how much durations differ, where enough was seen', () => {
    expect(spreadSeconds(sketchOf(times(9, 1)))).toBeNull();
    expect(spreadSeconds(sketchOf(times(50, 3)))).toBeCloseTo(0, 5);
    expect(spreadSeconds(sketchOf([...times(50, 1), ...times(50, 3)]))).toBeCloseTo(1, 0);
  });
});
