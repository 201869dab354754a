/// <reference lib="esnext.temporal" />
import { describe, expect, it } from '@jest/globals';
import { Cron } from 'croner';
import fc from 'fast-check';
import { businessDateAt, compileCalendar, dayStart, isBusinessDay, nthBusinessDay } from './calendar.js';
import { addDays, weekdayOf } from './local-date.js';
import { nextTimes, parseRecurrence } from './recurrence.js';
import { compileWindow, nextWindow, windowAt, windowOf } from './window.js';

/**
 * Beside implementations of others: croner for NCRONTAB, Temporal for time zones. Croner goes by the same rules where clocks change
 * as long as a schedule is of single times or of every hour; which other schedules are of which kind, it sees otherwise.
 */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/Dublin',
  'America/New_York',
  'America/St_Johns',
  'America/Sao_Paulo',
  'America/Santiago',
  'America/Havana',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Tehran',
  'Asia/Kathmandu',
  'Asia/Gaza',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'Pacific/Apia',
];

const zone = fc.constantFrom(...ZONES);
const tenYears = fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
const within = (least: number, most: number): fc.Arbitrary<number> => fc.integer({ min: least, max: most });

/** What both read alike: names, lists, ranges, steps. */
function field(least: number, most: number): fc.Arbitrary<string> {
  const value = within(least, most);
  // A step beyond the field's end is right for us and Azure, not for croner.
  const longest = Math.min(12, most);
  return fc.oneof(
    value.map(String),
    fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    fc.tuple(value, within(1, longest)).map(([from, step]) => `${from}-${most}/${step}`),
    within(2, longest).map((step) => `*/${step}`),
    fc.uniqueArray(value, { minLength: 2, maxLength: 4 }).map((values) => values.join(',')),
  );
}

const days = fc.oneof(
  fc.constant('* * *'),
  field(1, 28).map((day) => `${day} * *`),
  within(1, 12).map((month) => `29-31 ${month} *`),
  fc.constantFrom('29 2 *', '31 12 *', '1 1 *', '* 3,10 SUN', '* MAR-NOV Sun,Mon', '13 * FRI'),
  field(0, 6).map((weekday) => `* * ${weekday}`),
);
const singleTimes = fc
  .tuple(fc.constantFrom(0, 30, 59), within(0, 59), fc.oneof(within(0, 4), within(0, 23)))
  .map((time) => time.join(' '));
const everyHour = fc.tuple(fc.constantFrom('0', '*/30'), field(0, 59)).map((time) => `${time.join(' ')} *`);

function theirTimes(expression: string, timezone: string, after: Date, count: number): Date[] {
  return new Cron(expression, { timezone, domAndDow: true, mode: '6-part' }).nextRuns(count, after);
}

function ourTimes(expression: string, timeZone: string, after: Date, count: number): Date[] {
  return nextTimes(parseRecurrence(expression), { timeZone, anchor: after }, after, count);
}

describe('NCRONTAB beside croner, over ten years', () => {
  const sameTimes = (times: fc.Arbitrary<string>, numRuns: number): void =>
    fc.assert(
      fc.property(times, days, zone, tenYears, (time, day, timeZone, after) => {
        const expression = `${time} ${day}`;
        expect(ourTimes(expression, timeZone, after, 3)).toEqual(theirTimes(expression, timeZone, after, 3));
      }),
      { numRuns },
    );

  it('fires single times alike, also where clocks change', () => {
    sameTimes(singleTimes, 300);
  });

  it('fires what comes every hour alike, also where clocks change', () => {
    sameTimes(everyHour, 200);
  });

  it('fires all kinds of times alike where clocks never change', () => {
    fc.assert(
      fc.property(
        field(0, 59),
        field(0, 59),
        field(0, 23),
        days,
        tenYears,
        (second, minute, hour, day, after) => {
          const expression = `${second} ${minute} ${hour} ${day}`;
          expect(ourTimes(expression, 'UTC', after, 3)).toEqual(theirTimes(expression, 'UTC', after, 3));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('fires alike around each change of ten years', () => {
    for (const timeZone of ZONES)
      for (const change of changesOf(timeZone)) {
        const after = new Date(change - 26 * 3_600_000);
        for (const expression of [
          '0 30 2 * * *',
          '0 0 0 * * *',
          '0 15 1 * * *',
          '0 0 3 * * *',
          '0 */20 * * * *',
        ])
          expect({ expression, timeZone, times: ourTimes(expression, timeZone, after, 3) }).toEqual({
            expression,
            timeZone,
            times: theirTimes(expression, timeZone, after, 3),
          });
      }
  });
});

/** When a zone's offset changed, from 2020 to 2030. */
function changesOf(timeZone: string): number[] {
  const changes: number[] = [];
  const end = Date.UTC(2030, 0, 1);
  let at = Temporal.Instant.from('2020-01-01T00:00Z')
    .toZonedDateTimeISO(timeZone)
    .getTimeZoneTransition('next');
  while (at && at.epochMilliseconds < end) {
    changes.push(at.epochMilliseconds);
    at = at.getTimeZoneTransition('next');
  }
  return changes;
}

/** Where a local time is skipped, Temporal's `earlier` and `later` are not the end of the gap: the change between them is. */
function theirInstant(timeZone: string, date: string, time: string): number {
  const local = Temporal.PlainDateTime.from(`${date}T${time}`);
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(local)) return earlier.epochMilliseconds;
  return earlier.getTimeZoneTransition('next')?.epochMilliseconds ?? NaN;
}

const timeOfDay = fc
  .tuple(fc.oneof(within(0, 3), within(0, 23)), within(0, 59))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
/** Days of ten years, most of them near a change. */
const dates = (timeZone: string): fc.Arbitrary<string> => {
  const any = tenYears.map((date) => date.toISOString().slice(0, 10));
  const changes = changesOf(timeZone);
  if (changes.length === 0) return any;
  const near = fc
    .tuple(fc.constantFrom(...changes), within(-2, 2))
    .map(([change, offset]) => addDays(new Date(change).toISOString().slice(0, 10), offset));
  return fc.oneof(any, near);
};
const dayInZone = zone.chain((timeZone) =>
  fc.record({ timeZone: fc.constant(timeZone), date: dates(timeZone) }),
);

describe('calendars and windows beside Temporal, over ten years', () => {
  it('begins business days alike', () => {
    fc.assert(
      fc.property(dayInZone, timeOfDay, ({ timeZone, date }, dayStartsAt) => {
        const calendar = compileCalendar({ timeZone, dayStartsAt });
        const start = dayStart(calendar, date).getTime();
        expect(start).toBe(theirInstant(timeZone, date, dayStartsAt));
        expect(businessDateAt(calendar, new Date(start))).toBe(date);
        expect(businessDateAt(calendar, new Date(start - 1)) < date).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('opens and closes windows alike, and finds each by what lies in it', () => {
    fc.assert(
      fc.property(
        dayInZone,
        timeOfDay,
        timeOfDay,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (day, start, end, share) => {
          const { timeZone, date } = day;
          const window = compileWindow({ start, end, timeZone });
          const span = windowOf(window, date);
          const from = theirInstant(timeZone, date, start);
          const to = theirInstant(timeZone, end <= start ? addDays(date, 1) : date, end);
          expect(span && [span.startsAt.getTime(), span.endsAt.getTime()]).toEqual(
            from < to ? [from, to] : null,
          );
          if (!span) return;
          const inside = new Date(from + Math.floor((to - from - 1) * share));
          expect(windowAt(window, inside)).toEqual(span);
          expect(nextWindow(window, new Date(from - 1))).toEqual(span);
          expect(windowAt(window, new Date(to))?.date).not.toBe(date);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('counts business days alike', () => {
    const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
    const calendar = compileCalendar({
      timeZone: 'UTC',
      holidays: [{ date: '2028-02-29', name: 'Leap day' }],
    });
    for (let day = Temporal.PlainDate.from('2020-01-01'); day.year < 2031; day = day.add({ days: 1 })) {
      const date = day.toString();
      expect(weekdayOf(date)).toBe(weekdays[day.dayOfWeek - 1]);
      expect(isBusinessDay(calendar, date)).toBe(day.dayOfWeek <= 5 && date !== '2028-02-29');
      if (day.day !== 1) continue;
      const all = Array.from({ length: day.daysInMonth }, (_, index) => day.add({ days: index }))
        .filter(({ dayOfWeek }) => dayOfWeek <= 5)
        .map(String)
        .filter((each) => each !== '2028-02-29');
      const month = date.slice(0, 7);
      expect([1, 10, -1].map((n) => nthBusinessDay(calendar, month, n))).toEqual([
        all[0],
        all[9],
        all.at(-1),
      ]);
    }
  });
});
