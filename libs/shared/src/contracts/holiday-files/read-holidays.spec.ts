import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '../../domain/errors.js';
import { MAX_HOLIDAY_FILE_BYTES, readHolidays } from './read-holidays.js';

const horizon = { from: '2026-01-01', to: '2028-12-31' };

const ics = (...events: string[][]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//example//holidays//EN',
    ...events.flatMap((lines, index) => ['BEGIN:VEVENT', `UID:${index}@example`, ...lines, 'END:VEVENT']),
    'END:VCALENDAR',
    '',
  ].join('\r\n');

const datesOf = (text: string): string[] =>
  readHolidays('text/calendar; charset=utf-8', text, horizon).holidays.map(
    ({ date, name }) => `${date} ${name}`,
  );

describe('an iCalendar file', () => {
  it('gives its whole-day events, sorted, with their names', () => {
    const text = ics(
      ['DTSTART;VALUE=DATE:20261226', 'DTEND;VALUE=DATE:20261227', 'SUMMARY:Boxing Day\\, observed'],
      ['DTSTART;VALUE=DATE:20261003', 'SUMMARY:Tag der Deutschen Ein', ' heit'],
    );
    expect(datesOf(text)).toEqual([
      '2026-10-03 Tag der Deutschen Einheit',
      '2026-12-26 Boxing Day, observed',
    ]);
    expect(datesOf(`\uFEFF${text}`)).toHaveLength(2);
  });

  it('gives each day of an event of several, over the end of a year', () => {
    const closed = ['DTSTART;VALUE=DATE:20261230', 'DTEND;VALUE=DATE:20270102', 'SUMMARY:Closed'];
    expect(datesOf(ics(closed))).toEqual(['2026-12-30 Closed', '2026-12-31 Closed', '2027-01-01 Closed']);
    expect(datesOf(ics(['DTSTART;VALUE=DATE:20270105', 'DURATION:P2D', 'SUMMARY:Two']))).toEqual([
      '2027-01-05 Two',
      '2027-01-06 Two',
    ]);
  });

  it('follows what comes back, as far as the horizon, without its exceptions', () => {
    const yearly = ['DTSTART;VALUE=DATE:19700501', 'RRULE:FREQ=YEARLY', 'SUMMARY:Labour Day'];
    expect(datesOf(ics(yearly))).toEqual([
      '2026-05-01 Labour Day',
      '2027-05-01 Labour Day',
      '2028-05-01 Labour Day',
    ]);
    expect(datesOf(ics([...yearly, 'EXDATE;VALUE=DATE:20270501']))).toHaveLength(2);
    const thanksgiving = [
      'DTSTART;VALUE=DATE:20001123',
      'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH',
      'SUMMARY:Thanks',
    ];
    expect(datesOf(ics(thanksgiving))).toEqual([
      '2026-11-26 Thanks',
      '2027-11-25 Thanks',
      '2028-11-23 Thanks',
    ]);
    const leap = ['DTSTART;VALUE=DATE:20240229', 'RRULE:FREQ=YEARLY', 'SUMMARY:Leap day'];
    expect(datesOf(ics(leap))).toEqual(['2028-02-29 Leap day']);
    const monthly = ['DTSTART;VALUE=DATE:20260131', 'RRULE:FREQ=MONTHLY;COUNT=3', 'SUMMARY:Stock'];
    expect(datesOf(ics(monthly))).toEqual(['2026-01-31 Stock', '2026-03-31 Stock', '2026-05-31 Stock']);
    expect(datesOf(ics([...yearly.slice(0, 1), 'RRULE:FREQ=YEARLY;UNTIL=20261231', 'SUMMARY:Ends']))).toEqual(
      ['2026-05-01 Ends'],
    );
    expect(datesOf(ics(['DTSTART;VALUE=DATE:20260101', 'RDATE;VALUE=DATE:20260106', 'SUMMARY:And']))).toEqual(
      ['2026-01-01 And', '2026-01-06 And'],
    );
  });

  it('takes what one repetition says otherwise', () => {
    const text = ics(
      ['DTSTART;VALUE=DATE:20260501', 'RRULE:FREQ=YEARLY;COUNT=2', 'SUMMARY:Fair'],
      ['DTSTART;VALUE=DATE:20270503', 'RECURRENCE-ID;VALUE=DATE:20270501', 'SUMMARY:Fair, moved'],
    ).replace('UID:1@', 'UID:0@');
    expect(datesOf(text)).toEqual(['2026-05-01 Fair', '2027-05-03 Fair, moved']);
  });

  it('takes midnight to midnight for whole days, and leaves out hours and what was cancelled', () => {
    const text = ics(
      [
        'DTSTART;TZID=Europe/Berlin:20261224T000000',
        'DTEND;TZID=Europe/Berlin:20261226T000000',
        'SUMMARY:Closed',
      ],
      ['DTSTART:20261210T100000Z', 'DTEND:20261210T110000Z', 'SUMMARY:Meeting'],
      ['DTSTART;VALUE=DATE:20261211', 'STATUS:CANCELLED', 'SUMMARY:Called off'],
    );
    expect(readHolidays('text/calendar', text, horizon)).toEqual({
      holidays: [
        { date: '2026-12-24', name: 'Closed' },
        { date: '2026-12-25', name: 'Closed' },
      ],
      notes: ['"Meeting" was left out: it is not of whole days.'],
    });
  });

  it('takes dates that do not say that they are dates, as many programs write them', () => {
    const text = ics(
      ['DTSTART:20261225', 'DTEND:20261227', 'SUMMARY:Christmas'],
      ['DTSTART;TZID="Europe/Berlin":20260501', 'RRULE:FREQ=YEARLY', 'EXDATE:20270501', 'SUMMARY:May'],
    );
    expect(datesOf(text)).toEqual([
      '2026-05-01 May',
      '2026-12-25 Christmas',
      '2026-12-26 Christmas',
      '2028-05-01 May',
    ]);
    expect(datesOf(text.replaceAll('\r\n', '\n'))).toHaveLength(4);
  });

  it('gives one day once, also where two calendars in a file name it', () => {
    const text = ics(['DTSTART;VALUE=DATE:20261225', 'SUMMARY:Christmas']);
    expect(datesOf(text + text)).toEqual(['2026-12-25 Christmas']);
  });

  it.each<[string, string, RegExp]>([
    ['other text', 'Christmas is on the 25th', /^The file is not iCalendar: /],
    ['nothing', '', /^The file is not iCalendar: /],
    [
      'a visiting card',
      'BEGIN:VCARD\r\nVERSION:4.0\r\nFN:A\r\nEND:VCARD\r\n',
      /must begin with BEGIN:VCALENDAR/,
    ],
    ['what is cut off', ics(['DTSTART;VALUE=DATE:20261225']).slice(0, 120), /^The file is not iCalendar: /],
    ['an event without a day', ics(['SUMMARY:Some day']), /event "Some day" has no DTSTART/],
    [
      'a date that is none',
      ics(['DTSTART;VALUE=DATE:2026xx25', 'SUMMARY:X']),
      /event "X" is not right: .*xx/,
    ],
    [
      'a day that is none',
      ics(['DTSTART;VALUE=DATE:20261345', 'SUMMARY:X']),
      /event "X" is not right: DTSTART is 2026-13-45, and there is no such day/,
    ],
    [
      'a day that a month lacks',
      ics(['DTSTART;VALUE=DATE:20260101', 'RDATE;VALUE=DATE:20260106,20260230', 'SUMMARY:X']),
      /event "X" is not right: RDATE is 2026-02-30/,
    ],
    [
      'a rule that is not known',
      ics(['DTSTART;VALUE=DATE:20260405', 'RRULE:FREQ=YEARLY;BYEASTER=0', 'SUMMARY:Easter']),
      /event "Easter" is not right: its rule has BYEASTER/,
    ],
    [
      'a rule that is none',
      ics(['DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=SOMETIMES', 'SUMMARY:X']),
      /event "X" is not right: .*SOMETIMES|not iCalendar: .*SOMETIMES/,
    ],
    [
      'a rule without bounds',
      ics(['DTSTART:20260101T000000', 'DTEND:20260102T000000', 'RRULE:FREQ=SECONDLY', 'SUMMARY:X']),
      /more than 10000 times/,
    ],
    [
      'an event of years',
      ics(['DTSTART;VALUE=DATE:20200101', 'DTEND;VALUE=DATE:20260101', 'SUMMARY:Era']),
      /"Era" of 2020-01-01 lasts more than 366 days/,
    ],
    [
      'no event in the horizon',
      ics(['DTSTART;VALUE=DATE:20251225']),
      /no whole-day event from 2026-01-01 to 2028-12-31/,
    ],
  ])('refuses %s', (_, text, why) => {
    expect(() => readHolidays('text/calendar', text, horizon)).toThrow(InvalidInputError);
    expect(() => readHolidays('text/calendar', text, horizon)).toThrow(why);
  });
});

describe('a JSON list', () => {
  const read = (value: unknown): unknown =>
    readHolidays('application/json', JSON.stringify(value), horizon).holidays;

  it('has dates, with names or without', () => {
    expect(read(['2026-12-25', { date: '2026-12-26', name: 'Boxing Day' }, { date: '2027-01-01' }])).toEqual([
      { date: '2026-12-25', name: '' },
      { date: '2026-12-26', name: 'Boxing Day' },
      { date: '2027-01-01', name: '' },
    ]);
    expect(read([])).toEqual([]);
  });

  it.each<[unknown, RegExp]>([
    [['2026-12-25', '2026-02-30'], /^holidays\[1\]: must be a date/],
    [[{ date: '25.12.2026' }], /^holidays\[0\]\.date: must be a date/],
    [[{ date: '2026-12-25', day: 1 }], /^holidays\[0\]: /],
    [{ holidays: [] }, /^holidays: /],
  ])('says what is wrong with %j', (value, problem) => {
    const details = (): readonly string[] => {
      try {
        read(value);
      } catch (error) {
        return (error as InvalidInputError).details;
      }
      return [];
    };
    expect(details()).toEqual([expect.stringMatching(problem)]);
  });
});

describe('readHolidays', () => {
  it('refuses other media types, other text than JSON, and files that are too large', () => {
    expect(() => readHolidays('text/csv', '', horizon)).toThrow(/not from "text\/csv"/);
    expect(() => readHolidays('application/json', '{', horizon)).toThrow(/is not JSON/);
    expect(() => readHolidays('text/calendar', ' '.repeat(MAX_HOLIDAY_FILE_BYTES + 1), horizon)).toThrow(
      /larger than/,
    );
  });
});
