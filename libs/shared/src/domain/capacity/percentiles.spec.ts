import { describe, expect, it } from '@jest/globals';
import { percentilesOf } from './percentiles.js';

const each = (values: readonly number[]) => values.map((value) => ({ value, count: 1 }));

describe('percentilesOf', () => {
  it.each([
    ['one value', each([7]), [7, 7, 7]],
    ['two', each([1, 2]), [1, 2, 2]],
    ['a hundred', each(Array.from({ length: 100 }, (_, index) => index + 1)), [50, 95, 100]],
    [
      'values that came often',
      [
        { value: 10, count: 94 },
        { value: 500, count: 6 },
      ],
      [10, 500, 500],
    ],
    [
      'a rare long one',
      [
        { value: 10, count: 95 },
        { value: 500, count: 5 },
      ],
      [10, 10, 500],
    ],
    ['nothing', [], []],
  ])('of %s', (_what, counted, expected) => {
    expect(percentilesOf(counted, [0.5, 0.95, 1])).toEqual(expected);
  });
});
