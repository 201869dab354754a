import { describe, expect, it } from '@jest/globals';
import type { BatchRetry } from './batch-definition.js';
import { itemRetryDelayMs } from './item-retry.js';

const fixed: BatchRetry = { attempts: 3, backoff: 'fixed', delaySeconds: 10 };
const growing: BatchRetry = { attempts: 100, backoff: 'exponential', delaySeconds: 10 };
const MIDDLE = 0.5;

function delayOf(retry: BatchRetry, attempts = 1, type = 'Error', random = MIDDLE): number | null {
  return itemRetryDelayMs(retry, attempts, { type }, random);
}

describe('itemRetryDelayMs', () => {
  it('counts the first try among the attempts', () => {
    expect([1, 2, 3, 4].map((attempts) => delayOf(fixed, attempts))).toEqual([10_000, 10_000, null, null]);
    expect(delayOf({ ...fixed, attempts: 1 })).toBeNull();
  });

  it('doubles an exponential delay, up to its longest', () => {
    expect([1, 2, 3, 4].map((attempts) => delayOf(growing, attempts))).toEqual([
      10_000, 20_000, 40_000, 80_000,
    ]);
    expect(delayOf({ ...growing, maxDelaySeconds: 30 }, 3)).toBe(30_000);
    expect(delayOf(growing, 60)).toBe(3_600_000);
  });

  it('keeps a fixed delay that is longer than an hour', () => {
    expect(delayOf({ ...fixed, delaySeconds: 7200 })).toBe(7_200_000);
  });

  it.each([
    [0, 0, 10_000],
    [0.2, 0, 8_000],
    [0.2, 0.999_999, 12_000],
    [1, 0, 0],
  ])('varies a delay by jitter %p, with chance %p: %p ms', (jitter, random, expected) => {
    expect(delayOf({ ...fixed, jitter }, 1, 'Error', random)).toBeCloseTo(expected, -1);
  });

  it('never lets jitter pass the longest delay', () => {
    expect(delayOf({ ...fixed, maxDelaySeconds: 10, jitter: 1 }, 1, 'Error', 0.99)).toBe(10_000);
  });

  it.each([
    ['all types without lists', {}, 'AnyError', true],
    ['a type that is listed', { on: ['TimeoutError'] }, 'TimeoutError', true],
    ['no type that is not', { on: ['TimeoutError'] }, 'TypeError', false],
    ['no type at all with an empty list', { on: [] }, 'TypeError', false],
    ['no type that is excluded', { notOn: ['TypeError'] }, 'TypeError', false],
    ['others than the excluded', { notOn: ['TypeError'] }, 'RangeError', true],
    ['no type that is both listed and excluded', { on: ['A'], notOn: ['A'] }, 'A', false],
    [
      'a class by its name without a namespace',
      { on: ['TimeoutException'] },
      'System.TimeoutException',
      true,
    ],
    ['no class that only ends alike', { on: ['Exception'] }, 'System.TimeoutException', false],
    ['no type of another case', { on: ['timeouterror'] }, 'TimeoutError', false],
  ] as const)('tries again %s', (_what, lists, type, expected) => {
    expect(delayOf({ ...fixed, ...lists }, 1, type) !== null).toBe(expected);
  });
});
