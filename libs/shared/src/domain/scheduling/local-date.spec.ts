import { describe, expect, it } from '@jest/globals';
import { addDays, isLocalDate, localMsOfDate, weekdayOf } from './local-date.js';

describe('local dates', () => {
  it.each([
    ['2028-02-29', true],
    ['2027-02-29', false],
    ['2026-13-01', false],
    ['2026-1-1', false],
    ['20261130', false],
    ['', false],
  ])('knows whether "%s" is one: %s', (text, is) => {
    expect(isLocalDate(text)).toBe(is);
  });

  it('counts over the ends of months and years', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2028-03-01', -1)).toBe('2028-02-29');
    expect(weekdayOf('2026-11-30')).toBe('mon');
    expect(() => localMsOfDate('today')).toThrow(/"today" is not a date/);
  });
});
