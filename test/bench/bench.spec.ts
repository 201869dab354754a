import { describe, expect, it } from '@jest/globals';
import { medianOf, medianOfRounds, resultOf } from './bench.js';

describe('medianOf', () => {
  it('is the middle of an odd number of values, whatever their order', () => {
    expect(medianOf([9, 1, 5])).toBe(5);
  });

  it('is the mean of the two in the middle of an even number', () => {
    expect(medianOf([4, 1, 3, 100])).toBe(3.5);
  });

  it('refuses to be made of nothing', () => {
    expect(() => medianOf([])).toThrow();
  });
});

describe('medianOfRounds', () => {
  it('measures both sides in turn', async () => {
    const order: string[] = [];
    const measured = (side: string, values: number[]) => async () => {
      order.push(side);
      return values.shift() ?? 0;
    };
    const result = await medianOfRounds(3, measured('value', [1, 9, 2]), measured('baseline', [30, 10, 20]));
    expect(result).toEqual({ value: 2, baseline: 20 });
    expect(order).toEqual(['baseline', 'value', 'baseline', 'value', 'baseline', 'value']);
  });
});

describe('resultOf', () => {
  it('adds the ratio', () => {
    const facts = { name: 'http', value: 60, baseline: 120, unit: 'requests/s', goal: '>= 0.4' };
    expect(resultOf(facts)).toEqual({ ...facts, ratio: 0.5 });
  });

  it.each([0, Number.NaN])('refuses a baseline of %d', (baseline) => {
    expect(() => resultOf({ name: 'http', value: 1, baseline, unit: 'ms', goal: '<= 1' })).toThrow(
      'baseline',
    );
  });
});
