import { describe, expect, it } from '@jest/globals';
import { parseParameters } from './parameters.js';

describe('parseParameters', () => {
  it('has a default for each', () => {
    expect(parseParameters([])).toEqual({
      machines: 5000,
      days: 30,
      seed: 1,
      nightHoursPerCore: 4,
      windowHours: 11,
    });
  });

  it('reads what is given', () => {
    const args = [
      '--machines',
      '10',
      '--days=2',
      '--seed',
      '0',
      '--night-hours-per-core',
      '0.5',
      '--window-hours',
      '24',
    ];
    expect(parseParameters(args)).toEqual({
      machines: 10,
      days: 2,
      seed: 0,
      nightHoursPerCore: 0.5,
      windowHours: 24,
    });
  });

  it.each([
    [['--machines', '0'], '--machines must be a whole number from 1 to 100000, and is "0".'],
    [['--days', '1.5'], '--days must be a whole number from 1 to 366, and is "1.5".'],
    [['--seed', 'x'], '--seed must be a whole number from 0 to 4294967295, and is "x".'],
    [['--window-hours', ''], '--window-hours must be a number from 1 to 24, and is "".'],
    [['--speed', '2'], /^The flags are not right: .*--speed/],
  ])('refuses %j', (args, message) => {
    expect(() => parseParameters(args)).toThrow(message);
  });
});
