import { describe, expect, it } from '@jest/globals';
import { reachesGoal } from './goal.js';

describe('reachesGoal', () => {
  it.each([
    [0.8, '>= 0.8', true],
    [0.81, '>= 0.8', true],
    [0.79, '>= 0.8', false],
    [1.5, '<= 1.5', true],
    [1.49, '<=1.5', true],
    [1.51, '<= 1.5', false],
    [4, ' >= 4 ', true],
  ])('says of %d and "%s": %s', (ratio, goal, reached) => {
    expect(reachesGoal(ratio, goal)).toBe(reached);
  });

  it('is never reached by a ratio that is not a number', () => {
    expect(reachesGoal(Number.NaN, '>= 0.8')).toBe(false);
    expect(reachesGoal(Number.NaN, '<= 1.5')).toBe(false);
  });

  it.each(['', '0.8', '> 0.8', '== 1', '>= fast', '>= 0.8 <= 2'])('refuses "%s"', (goal) => {
    expect(() => reachesGoal(1, goal)).toThrow('is no goal');
  });
});
