import { describe, expect, it } from '@jest/globals';
import type { FailureThreshold } from './batch-definition.js';
import { judgeFailures } from './failure-threshold.js';

function kindOf(
  limits: FailureThreshold,
  itemsFailed: number,
  itemsSucceeded = 0,
  itemsTotal = 10_000,
): string {
  return judgeFailures(limits, { itemsTotal, itemsSucceeded, itemsFailed }).kind;
}

describe('judgeFailures', () => {
  it.each([
    ['without limits', {}, 9_000, 0, 'goOn'],
    ['below a number', { items: 10 }, 9, 0, 'goOn'],
    ['at a number', { items: 10 }, 10, 5_000, 'stop'],
    ['below a share', { percent: 10 }, 99, 901, 'goOn'],
    ['at a share', { percent: 10 }, 100, 900, 'stop'],
    ['at a share of too few items', { percent: 10 }, 50, 49, 'goOn'],
    ['at a share of just enough items', { percent: 10 }, 50, 50, 'stop'],
    ['at a number that warns', { items: 10, warnItems: 5 }, 5, 0, 'warn'],
    ['below a number that warns', { items: 10, warnItems: 5 }, 4, 0, 'goOn'],
    ['at a share that warns', { percent: 50, warnPercent: 5 }, 5, 95, 'warn'],
    ['past both', { items: 10, warnItems: 5 }, 20, 0, 'stop'],
    ['at a number before a share counts', { items: 3, percent: 1 }, 3, 0, 'stop'],
    ['at a share before the number', { items: 1_000, percent: 5 }, 10, 90, 'stop'],
    ['with no failure at all', { percent: 0, items: 0 }, 0, 500, 'goOn'],
  ] as const)('%s', (_what, limits, failed, succeeded, expected) => {
    expect(kindOf(limits, failed, succeeded)).toBe(expected);
  });

  it('judges the share of a small run once all of it has ended', () => {
    expect(kindOf({ percent: 50 }, 6, 3, 10)).toBe('goOn');
    expect(kindOf({ percent: 50 }, 6, 4, 10)).toBe('stop');
  });

  it('says which limit was reached', () => {
    const situation = { itemsTotal: 1_000, itemsSucceeded: 200, itemsFailed: 100 };
    expect(judgeFailures({ percent: 20 }, situation)).toEqual({
      kind: 'stop',
      reached: '100 of 300 items failed, which is 33.3 %; the limit is 20 %',
    });
    expect(judgeFailures({ warnItems: 50 }, situation)).toEqual({
      kind: 'warn',
      reached: '100 items failed; the limit is 50',
    });
  });
});
