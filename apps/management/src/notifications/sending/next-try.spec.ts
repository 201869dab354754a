import { describe, expect, it } from '@jest/globals';
import { nextTrySeconds } from './next-try.js';

const DAY = 86_400;

describe('nextTrySeconds', () => {
  it.each([
    [1, 10],
    [2, 20],
    [5, 160],
    [9, 2560],
    [10, 3600],
    [1000, 3600],
  ])('doubles: after try %d it is %d seconds', (attempt, seconds) => {
    expect(nextTrySeconds({ attempt, secondsLeft: DAY }, 10, 0.5)).toBe(seconds);
  });

  it('varies by a fifth', () => {
    expect(nextTrySeconds({ attempt: 1, secondsLeft: DAY }, 10, 0)).toBe(8);
    expect(nextTrySeconds({ attempt: 1, secondsLeft: DAY }, 10, 1)).toBe(12);
  });

  it('tries a last time when the time is over, and then gives up', () => {
    expect(nextTrySeconds({ attempt: 20, secondsLeft: 30 }, 10, 0.5)).toBe(30);
    expect(nextTrySeconds({ attempt: 21, secondsLeft: 0 }, 10, 0.5)).toBeNull();
    expect(nextTrySeconds({ attempt: 21, secondsLeft: -5 }, 10, 0.5)).toBeNull();
  });

  it('comes to an end within a day and some thirty tries', () => {
    let [attempt, at] = [1, 0];
    for (;;) {
      const delay = nextTrySeconds({ attempt, secondsLeft: DAY - at }, 10, 0.5);
      if (delay === null) break;
      at += delay;
      attempt += 1;
    }
    expect(at).toBe(DAY);
    expect(attempt).toBeLessThan(40);
  });
});
