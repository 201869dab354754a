import { describe, expect, it } from '@jest/globals';
import { retryDelayMs } from './retry-delay.js';

describe('retryDelayMs', () => {
  it('doubles with each failure, up to ten seconds', () => {
    expect([1, 2, 3, 4].map((failures) => retryDelayMs(failures, 1))).toEqual([500, 1000, 2000, 4000]);
    expect(retryDelayMs(40, 1)).toBe(10_000);
  });

  it('is spread over its later half', () => {
    expect(retryDelayMs(2, 0)).toBe(500);
    expect(retryDelayMs(2, 0.5)).toBe(750);
  });
});
