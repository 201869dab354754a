import { describe, expect, it } from '@jest/globals';
import { CronExpressionParser } from 'cron-parser';
import fc from 'fast-check';
import { parseNcrontab } from './ncrontab.js';
import { latestOccurrence, nextOccurrences } from './occurrences.js';

function next(expression: string, after: string, count: number, timeZone = 'UTC'): string[] {
  return nextOccurrences(parseNcrontab(expression), new Date(after), count, timeZone).map((date) =>
    date.toISOString().replace('.000Z', 'Z'),
  );
}

describe('nextOccurrences', () => {
  it('is strictly after, to the second', () => {
    expect(next('*/5 * * * * *', '2026-11-24T10:00:05Z', 2)).toEqual([
      '2026-11-24T10:00:10Z',
      '2026-11-24T10:00:15Z',
    ]);
    expect(next('*/5 * * * * *', '2026-11-24T10:00:04.999Z', 1)).toEqual(['2026-11-24T10:00:05Z']);
  });

  it('wants the day of month AND the day of week', () => {
    expect(next('0 0 12 13 * 5', '2026-01-01T00:00:00Z', 3)).toEqual([
      '2026-02-13T12:00:00Z',
      '2026-03-13T12:00:00Z',
      '2026-11-13T12:00:00Z',
    ]);
  });

  it('finds rare days, and knows which never come', () => {
    expect(next('0 0 0 29 2 *', '2026-01-01T00:00:00Z', 2)).toEqual([
      '2028-02-29T00:00:00Z',
      '2032-02-29T00:00:00Z',
    ]);
    expect(next('0 0 0 29 2 MON', '2072-03-01T00:00:00Z', 1)).toEqual(['2112-02-29T00:00:00Z']);
    expect(next('0 0 0 30 2 *', '2026-01-01T00:00:00Z', 1)).toEqual([]);
  });

  it('crosses the end of a year', () => {
    expect(next('0 0 0 1 1 *', '2026-12-31T23:59:59Z', 1)).toEqual(['2027-01-01T00:00:00Z']);
  });
});

describe('nextOccurrences where clocks change', () => {
  it('fires a skipped time at the next instant that exists', () => {
    // Berlin, 29 March 2026: 02:00 is followed by 03:00, which is 01:00 UTC.
    expect(next('0 30 2 * * *', '2026-03-27T12:00:00Z', 3, 'Europe/Berlin')).toEqual([
      '2026-03-28T01:30:00Z',
      '2026-03-29T01:00:00Z',
      '2026-03-30T00:30:00Z',
    ]);
    // Lord Howe moves by half an hour: 02:15 does not exist on 4 October 2026, 02:30 is 15:30 UTC the day before.
    expect(next('0 15 2 * * *', '2026-10-02T16:00:00Z', 2, 'Australia/Lord_Howe')).toEqual([
      '2026-10-03T15:30:00Z',
      '2026-10-04T15:15:00Z',
    ]);
  });

  it('fires several skipped times once', () => {
    expect(next('0 15,45 2 * * *', '2026-03-28T12:00:00Z', 2, 'Europe/Berlin')).toEqual([
      '2026-03-29T01:00:00Z',
      '2026-03-30T00:15:00Z',
    ]);
  });

  it('fires a repeated time the first time only', () => {
    // Berlin, 25 October 2026: 03:00 is followed by 02:00; 02:30 is 00:30 and 01:30 UTC.
    expect(next('0 30 2 * * *', '2026-10-24T12:00:00Z', 2, 'Europe/Berlin')).toEqual([
      '2026-10-25T00:30:00Z',
      '2026-10-26T01:30:00Z',
    ]);
    expect(next('0 30 2 * * *', '2026-10-25T00:45:00Z', 1, 'Europe/Berlin')).toEqual([
      '2026-10-26T01:30:00Z',
    ]);
    expect(next('0 30 2 * * *', '2026-10-25T01:10:00Z', 1, 'Europe/Berlin')).toEqual([
      '2026-10-26T01:30:00Z',
    ]);
  });

  it('counts real time for a schedule of every hour', () => {
    expect(next('0 0 * * * *', '2026-03-28T23:30:00Z', 3, 'Europe/Berlin')).toEqual([
      '2026-03-29T00:00:00Z',
      '2026-03-29T01:00:00Z',
      '2026-03-29T02:00:00Z',
    ]);
    expect(next('0 */30 * * * *', '2026-10-24T23:45:00Z', 6, 'Europe/Berlin')).toEqual([
      '2026-10-25T00:00:00Z',
      '2026-10-25T00:30:00Z',
      '2026-10-25T01:00:00Z',
      '2026-10-25T01:30:00Z',
      '2026-10-25T02:00:00Z',
      '2026-10-25T02:30:00Z',
    ]);
  });

  it('does not lose the minute of a zone that is half an hour off', () => {
    expect(next('0 0 9 * * *', '2026-01-01T00:00:00Z', 1, 'Asia/Kolkata')).toEqual(['2026-01-01T03:30:00Z']);
  });

  it('begins a day that has no midnight when it begins', () => {
    // Havana, 8 March 2026: 00:00 does not exist, the day begins at 01:00, which is 05:00 UTC.
    expect(next('0 0 0 * * *', '2026-03-07T12:00:00Z', 1, 'America/Havana')).toEqual([
      '2026-03-08T05:00:00Z',
    ]);
  });
});

describe('latestOccurrence', () => {
  const latest = (expression: string, after: string, until: string): string | undefined =>
    latestOccurrence(parseNcrontab(expression), new Date(after), new Date(until), 'UTC')?.toISOString();

  it('is the newest that is not after the moment, and after the anchor', () => {
    expect(latest('0 0 3 * * *', '2026-11-20T00:00:00Z', '2026-11-24T10:00:00Z')).toBe(
      '2026-11-24T03:00:00.000Z',
    );
    expect(latest('0 0 3 * * *', '2026-11-24T03:00:00Z', '2026-11-24T10:00:00Z')).toBeUndefined();
    expect(latest('0 0 3 * * *', '2020-01-01T00:00:00Z', '2026-11-24T03:00:00Z')).toBe(
      '2026-11-24T03:00:00.000Z',
    );
  });

  it('is quick when thousands were missed', () => {
    const startedAt = performance.now();
    expect(latest('* * * * * *', '2020-01-01T00:00:00Z', '2026-11-24T10:00:00.700Z')).toBe(
      '2026-11-24T10:00:00.000Z',
    );
    expect(latest('* * 3 1 1 *', '2020-01-01T00:00:00Z', '2026-11-24T10:00:00Z')).toBe(
      '2026-01-01T03:59:59.000Z',
    );
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

/** A field as NCRONTAB and cron-parser both read it. */
function field(least: number, most: number): fc.Arbitrary<string> {
  const value = fc.integer({ min: least, max: most });
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant('*') },
    { weight: 2, arbitrary: value.map(String) },
    fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    fc.integer({ min: 2, max: 15 }).map((step) => `*/${step}`),
    fc.uniqueArray(value, { minLength: 2, maxLength: 4 }).map((values) => values.join(',')),
  );
}

const times = fc.tuple(field(0, 59), field(0, 59), field(0, 23));
const days = fc.oneof(
  field(1, 28).map((day) => `${day} * *`),
  field(0, 6).map((weekday) => `* * ${weekday}`),
  field(1, 12).map((month) => `* ${month} *`),
);
const moments = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });

describe('nextOccurrences beside cron-parser', () => {
  it('gives the same where both mean the same: one kind of day, and clocks that never change', () => {
    fc.assert(
      fc.property(times, days, moments, (time, day, after) => {
        const expression = `${time.join(' ')} ${day}`;
        const theirs = CronExpressionParser.parse(expression, { currentDate: after, tz: 'UTC' });
        const expected = [theirs.next(), theirs.next(), theirs.next()].map((date) => date.toDate());
        expect(nextOccurrences(parseNcrontab(expression), after, 3, 'UTC')).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same in a time zone, away from its changes', () => {
    const summers = fc.date({
      min: new Date('2026-05-01'),
      max: new Date('2026-09-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(times, summers, (time, after) => {
        const expression = `${time.join(' ')} * * *`;
        const theirs = CronExpressionParser.parse(expression, { currentDate: after, tz: 'America/New_York' });
        const expected = [theirs.next().toDate()];
        expect(nextOccurrences(parseNcrontab(expression), after, 1, 'America/New_York')).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('finds as the latest what it gave as the next', () => {
    fc.assert(
      fc.property(times, days, moments, (time, day, after) => {
        const ncrontab = parseNcrontab(`${time.join(' ')} ${day}`);
        const [first, second] = nextOccurrences(ncrontab, after, 2, 'Europe/Berlin');
        if (!first || !second) return;
        const justBefore = new Date(second.getTime() - 1);
        expect(latestOccurrence(ncrontab, after, justBefore, 'Europe/Berlin')).toEqual(first);
      }),
      { numRuns: 200 },
    );
  });
});
