import { describe, expect, it } from '@jest/globals';
import { recentPace } from './recent-rate.js';

const NOW = new Date('2026-11-30T22:10:00Z');
const point = (secondsAgo: number, itemsSucceeded: number, itemsFailed = 0) => ({
  at: new Date(NOW.getTime() - secondsAgo * 1000),
  itemsSucceeded,
  itemsFailed,
});

describe('recentPace', () => {
  it('is not known without a point, or from one that is a moment old', () => {
    expect(recentPace([], 100, NOW)).toBeNull();
    expect(recentPace([point(9, 0)], 100, NOW)).toBeNull();
  });

  it('compares with what was two minutes ago, failures too', () => {
    const points = [point(300, 0), point(125, 40, 10), point(110, 1000), point(15, 5000)];
    expect(recentPace(points, 1300, NOW)).toEqual({ itemsPerSecond: 10, seconds: 125 });
  });

  it('compares with its first point where it is younger', () => {
    expect(recentPace([point(50, 100), point(20, 200)], 600, NOW)).toEqual({
      itemsPerSecond: 10,
      seconds: 50,
    });
  });

  it('is never below nothing', () => {
    expect(recentPace([point(50, 100)], 90, NOW)?.itemsPerSecond).toBe(0);
  });
});
