import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '../../domain/errors.js';
import { parseCalendar } from './calendar-schema.js';

function problemsOf(calendar: unknown): readonly string[] {
  try {
    parseCalendar(calendar);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.details;
    throw error;
  }
  return [];
}

describe('a calendar', () => {
  it('gets the defaults of what it leaves out', () => {
    expect(parseCalendar({ timeZone: 'Europe/Berlin', holidays: [{ date: '2026-12-25' }] })).toEqual({
      timeZone: 'Europe/Berlin',
      businessDays: ['mon', 'tue', 'wed', 'thu', 'fri'],
      holidays: [{ date: '2026-12-25', name: '' }],
      exclusions: [],
      additions: [],
      dayStartsAt: '00:00',
    });
  });

  it.each<[unknown, RegExp]>([
    [{}, /^timeZone: must be the IANA name/],
    [null, /^calendar: must be an object with the fields timeZone, /],
    [{ timeZone: 'UTC', holiday: [] }, /^calendar: has no "holiday": its fields are /],
    [{ timeZone: 'UTC', holidays: [{ date: '2026-02-29' }] }, /^holidays\.0\.date: must be a date/],
    [{ timeZone: 'UTC', exclusions: ['Christmas'] }, /^exclusions\.0: must be a date/],
    [{ timeZone: 'UTC', businessDays: ['so'] }, /^businessDays\.0: must be one of mon, tue/],
    [{ timeZone: 'UTC', dayStartsAt: '6' }, /^dayStartsAt: must be a local time of day/],
    [{ timeZone: 'UTC', businessDays: [] }, /^businessDays and additions: neither names a day/],
    [
      { timeZone: 'UTC', exclusions: ['2026-12-24'], additions: ['2026-12-24'] },
      /^exclusions and additions: both name 2026-12-24/,
    ],
  ])('of %j says what is wrong', (calendar, problem) => {
    expect(problemsOf(calendar)).toEqual([expect.stringMatching(problem)]);
  });
});
