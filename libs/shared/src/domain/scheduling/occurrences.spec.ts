import { describe, expect, it } from '@jest/globals';
import { compileCalendar } from './calendar.js';
import {
  latestPlanned,
  nextPlanned,
  nextPlannedList,
  type Occurrence,
  openingFor,
  plannedBetween,
} from './occurrences.js';
import { compilePlan, type SchedulePlan, type ScheduleRule } from './schedule-plan.js';

const since = new Date('2026-11-01T00:00:00Z');
const night = { start: '22:00', end: '06:00', timeZone: 'Europe/Berlin' };
const berlin = compileCalendar({
  timeZone: 'Europe/Berlin',
  holidays: [
    { date: '2026-12-24', name: 'Christmas Eve' },
    { date: '2026-12-25', name: 'Christmas Day' },
  ],
});
const at = (text: string): Date => new Date(text);

function plan(rule: ScheduleRule): SchedulePlan {
  const compiled = compilePlan(rule, since);
  if (!compiled) throw new Error('The rule has neither a schedule nor a window');
  return compiled;
}

/** As `planned for business date`. */
const told = (occurrences: readonly Occurrence[]): string[] =>
  occurrences.map(
    ({ plannedAt, businessDate }) => `${plannedAt.toISOString().slice(0, 16)} for ${businessDate}`,
  );
const next = (rule: ScheduleRule, after: string, count: number): string[] =>
  told(nextPlannedList(plan(rule), at(after), count));

describe('nextPlannedList', () => {
  it('is the beginning of each window where there is no schedule', () => {
    expect(next({ window: { ...night, weekdays: ['mon', 'fri'] } }, '2026-11-30T00:00:00Z', 3)).toEqual([
      '2026-11-30T21:00 for 2026-11-30',
      '2026-12-04T21:00 for 2026-12-04',
      '2026-12-07T21:00 for 2026-12-07',
    ]);
  });

  it('is what the schedule names within the window, for the day on which the window begins', () => {
    expect(next({ schedule: '0 0 */4 * * *', window: night }, '2026-11-30T12:00:00Z', 4)).toEqual([
      '2026-11-30T23:00 for 2026-11-30',
      '2026-12-01T03:00 for 2026-11-30',
      '2026-12-01T23:00 for 2026-12-01',
      '2026-12-02T03:00 for 2026-12-01',
    ]);
  });

  it('is nothing where schedule and window never meet', () => {
    expect(next({ schedule: '0 0 12 * * *', window: night }, '2026-11-30T12:00:00Z', 1)).toEqual([]);
  });

  it('leaves out what is no business day, by the business day', () => {
    expect(next({ window: night, calendar: berlin }, '2026-12-22T12:00:00Z', 3)).toEqual([
      '2026-12-22T21:00 for 2026-12-22',
      '2026-12-23T21:00 for 2026-12-23',
      '2026-12-28T21:00 for 2026-12-28',
    ]);
    const early = compileCalendar({ timeZone: 'Europe/Berlin', dayStartsAt: '06:00' });
    expect(next({ schedule: '0 0 2 * * *', calendar: early }, '2026-11-27T12:00:00Z', 2)).toEqual([
      '2026-11-28T01:00 for 2026-11-27',
      '2026-12-01T01:00 for 2026-11-30',
    ]);
  });

  it('takes only holidays, until the calendar names no more', () => {
    const rule: ScheduleRule = { schedule: '0 0 3 * * *', calendar: berlin, on: 'holidays' };
    expect(next(rule, '2026-11-30T00:00:00Z', 5)).toEqual([
      '2026-12-24T02:00 for 2026-12-24',
      '2026-12-25T02:00 for 2026-12-25',
    ]);
    expect(next({ window: night, calendar: berlin, on: 'holidays' }, '2026-12-25T12:00:00Z', 5)).toEqual([
      '2026-12-25T21:00 for 2026-12-25',
    ]);
  });

  it('goes past a schedule of every second without looking at the seconds', () => {
    const rule: ScheduleRule = { schedule: '* * * * * *', calendar: berlin, on: 'holidays' };
    expect(next(rule, '2026-01-01T00:00:00Z', 1)).toEqual(['2026-12-23T23:00 for 2026-12-24']);
  });

  it('counts TimeSpans from the beginning of the schedule', () => {
    expect(next({ schedule: '7.00:00:00' }, '2026-11-01T00:00:00Z', 2)).toEqual([
      '2026-11-08T00:00 for 2026-11-08',
      '2026-11-15T00:00 for 2026-11-15',
    ]);
  });
});

describe('plannedBetween', () => {
  it('is after the first moment, not after the last, and says whether there were more', () => {
    const hourly = plan({ schedule: '0 0 * * * *' });
    const between = plannedBetween(hourly, at('2026-11-30T01:00:00Z'), at('2026-11-30T03:00:00Z'), 2);
    expect(told(between.occurrences)).toEqual([
      '2026-11-30T02:00 for 2026-11-30',
      '2026-11-30T03:00 for 2026-11-30',
    ]);
    expect(between.isCut).toBe(false);
    expect(plannedBetween(hourly, at('2026-11-30T01:00:00Z'), at('2026-11-30T04:00:00Z'), 2).isCut).toBe(
      true,
    );
  });
});

describe('latestPlanned', () => {
  it('is the newest, however many there were', () => {
    const second = plan({ schedule: '* * * * * *', window: night });
    expect(latestPlanned(second, since, at('2036-11-30T12:00:00Z'))?.plannedAt).toEqual(
      at('2036-11-30T04:59:59Z'),
    );
    expect(latestPlanned(second, at('2026-11-30T05:00:00Z'), at('2026-11-30T12:00:00Z'))).toBeNull();
    expect(nextPlanned(second, at('2026-11-30T12:00:00Z'))?.plannedAt).toEqual(at('2026-11-30T21:00:00Z'));
  });
});

describe('openingFor', () => {
  const opening = (rule: ScheduleRule, now: string): string | undefined =>
    openingFor(plan(rule), at(now))?.at.toISOString().slice(0, 16);

  it.each<[string, ScheduleRule, string, string]>([
    ['now, in the window', { window: night }, '2026-12-01T03:00:00Z', '2026-12-01T03:00'],
    ['the next window', { window: night }, '2026-12-01T09:00:00Z', '2026-12-01T21:00'],
    ['now, without a window', { schedule: '0 0 2 * * *' }, '2026-12-01T09:00:00Z', '2026-12-01T09:00'],
    ['a wanted window', { window: night, calendar: berlin }, '2026-12-24T21:30:00Z', '2026-12-28T21:00'],
    [
      'a wanted day',
      { schedule: '0 0 2 * * *', calendar: berlin },
      '2026-12-25T09:00:00Z',
      '2026-12-27T23:00',
    ],
  ])('is %s', (_, rule, now, expected) => {
    expect(opening(rule, now)).toBe(expected);
  });
});

describe('compilePlan', () => {
  it('is nothing where there is neither a schedule nor a window', () => {
    expect(compilePlan({ timeZone: 'Europe/Berlin' }, since)).toBeNull();
  });

  it('takes the zone of the schedule, then of the window, then of the calendar', () => {
    const zones = [
      { timeZone: 'Asia/Tokyo', window: night },
      { window: night },
      { calendar: berlin },
      {},
    ].map((rule) => plan({ schedule: '0 0 2 * * *', ...rule }).frame.timeZone);
    expect(zones).toEqual(['Asia/Tokyo', 'Europe/Berlin', 'Europe/Berlin', 'UTC']);
  });

  it.each<[ScheduleRule, RegExp]>([
    [{ schedule: 'never' }, /"never" has 1 fields/],
    [{ schedule: '0 0 2 * * *', timeZone: 'Mars' }, /timeZone "Mars"/],
    [{ schedule: '0 0 2 * * *', on: 'holidays' }, /on "holidays" needs a calendar/],
    [{ window: { ...night, start: '25:00' } }, /window\.start/],
  ])('refuses %j', (rule, why) => {
    expect(() => compilePlan(rule, since)).toThrow(why);
  });
});
