import { describe, expect, it } from '@jest/globals';
import { hoursAt } from './hours-at.js';
import { ALWAYS, weeklyHours } from './weekly-hours.js';

const DAY = 24 * 60;
const BERLIN = 'Europe/Berlin';
const at = (text: string): number => Date.parse(text);
const iso = (ms: number): string => new Date(ms).toISOString().replace(':00.000Z', 'Z');

/** Every day from 22:00 to 6:00, in pieces of a day. */
const NIGHTS = weeklyHours(
  Array.from({ length: 7 }, (_, day) => [
    { startMinute: day * DAY, minutes: 6 * 60 },
    { startMinute: day * DAY + 22 * 60, minutes: 2 * 60 },
  ]).flat(),
);
/** Sundays from 2:15 to 2:45: on two Sundays a year this is not there, or there twice. */
const SUNDAYS = weeklyHours([{ startMinute: 6 * DAY + 2 * 60 + 15, minutes: 30 }]);

describe('hoursAt', () => {
  it.each([
    ['a summer night', NIGHTS, '2026-07-01T21:00Z', true, '2026-07-01T20:00Z', '2026-07-02T04:00Z'],
    ['a summer day', NIGHTS, '2026-07-01T12:00Z', false, '2026-07-01T04:00Z', '2026-07-01T20:00Z'],
    ['the first moment', NIGHTS, '2026-07-01T20:00Z', true, '2026-07-01T20:00Z', '2026-07-02T04:00Z'],
    [
      'the moment after the last',
      NIGHTS,
      '2026-07-02T04:00Z',
      false,
      '2026-07-02T04:00Z',
      '2026-07-02T20:00Z',
    ],
    ['over the week’s end', NIGHTS, '2026-07-05T23:00Z', true, '2026-07-05T20:00Z', '2026-07-06T04:00Z'],
    ['the short night', NIGHTS, '2026-03-29T00:00Z', true, '2026-03-28T21:00Z', '2026-03-29T04:00Z'],
    ['the long night', NIGHTS, '2026-10-25T00:00Z', true, '2026-10-24T20:00Z', '2026-10-25T05:00Z'],
    [
      'the night at the year’s end',
      NIGHTS,
      '2026-12-31T23:30Z',
      true,
      '2026-12-31T21:00Z',
      '2027-01-01T05:00Z',
    ],
    ['29 February', NIGHTS, '2028-02-29T03:00Z', true, '2028-02-28T21:00Z', '2028-02-29T05:00Z'],
    // 2:15 to 2:45 shown twice: from the last 2:15 to the first 2:45 is nothing.
    ['hours shown twice', SUNDAYS, '2026-10-25T00:20Z', false, '2026-10-18T00:45Z', '2026-11-01T01:15Z'],
    ['hours skipped', SUNDAYS, '2026-03-29T01:00Z', false, '2026-03-22T01:45Z', '2026-04-05T00:15Z'],
  ])('knows %s', (_name, hours, moment, open, from, until) => {
    const span = hoursAt(hours, BERLIN, at(moment));
    expect([span.open, iso(span.fromUtcMs), iso(span.untilUtcMs)]).toEqual([open, from, until]);
  });

  it('is open without end, or never, where nothing is said', () => {
    expect(hoursAt(ALWAYS, BERLIN, 0)).toMatchObject({ open: true, untilUtcMs: Infinity });
    expect(hoursAt(weeklyHours([]), BERLIN, 0)).toMatchObject({ open: false, untilUtcMs: Infinity });
  });

  it('is not misled by what was asked before', () => {
    const asked = [at('2026-07-01T21:00Z'), at('2026-03-29T00:00Z'), at('2026-07-01T12:00Z')];
    expect(asked.map((moment) => hoursAt(NIGHTS, BERLIN, moment).open)).toEqual([true, true, false]);
    expect(hoursAt(NIGHTS, 'Asia/Tokyo', at('2026-07-01T12:00Z')).open).toBe(false);
    expect(hoursAt(NIGHTS, 'Asia/Tokyo', at('2026-07-01T14:00Z')).open).toBe(true);
    expect(hoursAt(NIGHTS, BERLIN, at('2026-07-01T14:00Z')).open).toBe(false);
  });

  it.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'])(
    'meets the local time of %s in each hour of a year',
    (timeZone) => {
      const local = new Intl.DateTimeFormat('en-GB', { timeZone, hour: 'numeric', hourCycle: 'h23' });
      const wrong: string[] = [];
      for (let moment = at('2026-01-01T00:10Z'); moment < at('2027-01-01T00:00Z'); moment += 3_600_000) {
        const hour = Number(local.format(moment));
        if (hoursAt(NIGHTS, timeZone, moment).open !== (hour >= 22 || hour < 6)) wrong.push(iso(moment));
      }
      expect(wrong).toEqual([]);
    },
    // A year's hours take their time on a busy machine.
    180_000,
  );
});
