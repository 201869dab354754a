import { describe, expect, it } from '@jest/globals';
import {
  businessDateAt,
  compileCalendar,
  dayKindOf,
  dayStart,
  isBusinessDay,
  nextBusinessDay,
  nthBusinessDay,
  previousBusinessDay,
  type CalendarRule,
} from './calendar.js';

const rule: CalendarRule = {
  timeZone: 'Europe/Berlin',
  holidays: [
    { date: '2026-12-25', name: 'Christmas Day' },
    { date: '2026-12-26', name: 'Boxing Day' },
    { date: '2027-01-01', name: 'New Year' },
  ],
  exclusions: ['2026-12-31'],
  additions: ['2026-12-19', '2027-01-01'],
};
const berlin = compileCalendar(rule);

describe('dayKindOf', () => {
  it.each([
    ['2026-12-24', 'businessDay'],
    ['2026-12-25', 'holiday'],
    ['2026-12-26', 'holiday'],
    ['2026-12-27', 'weekend'],
    ['2026-12-31', 'excluded'],
    ['2026-12-19', 'businessDay'],
    ['2027-01-01', 'businessDay'],
  ])('says what %s is: %s', (date, kind) => {
    expect(dayKindOf(berlin, date)).toBe(kind);
    expect(isBusinessDay(berlin, date)).toBe(kind === 'businessDay');
  });

  it('takes other weekdays for business days', () => {
    const week = compileCalendar({
      timeZone: 'Asia/Dubai',
      businessDays: ['sun', 'mon', 'tue', 'wed', 'thu'],
    });
    expect(['2026-11-27', '2026-11-28', '2026-11-29'].map((date) => isBusinessDay(week, date))).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe('business days from a day', () => {
  it('finds the next and the last one', () => {
    expect(nextBusinessDay(berlin, '2026-12-24')).toBe('2026-12-28');
    expect(previousBusinessDay(berlin, '2026-12-28')).toBe('2026-12-24');
    expect(nextBusinessDay(berlin, '2026-12-18')).toBe('2026-12-19');
  });

  it('finds none where there is none for ten years', () => {
    const once = compileCalendar({ timeZone: 'UTC', businessDays: [], additions: ['2026-11-30'] });
    expect(nextBusinessDay(once, '2026-11-29')).toBe('2026-11-30');
    expect(nextBusinessDay(once, '2026-11-30')).toBeNull();
    expect(previousBusinessDay(once, '2026-11-30')).toBeNull();
  });

  it('counts them in a month, from its beginning or end', () => {
    expect(nthBusinessDay(berlin, '2026-12', 1)).toBe('2026-12-01');
    expect(nthBusinessDay(berlin, '2026-12', -1)).toBe('2026-12-30');
    expect(nthBusinessDay(berlin, '2026-12', 15)).toBe('2026-12-19');
    expect(nthBusinessDay(berlin, '2026-12', 23)).toBeNull();
    expect(nthBusinessDay(berlin, '2028-02', -1)).toBe('2028-02-29');
    expect(() => nthBusinessDay(berlin, '2026-12', 0)).toThrow(/n \(0\) must be/);
    expect(() => nthBusinessDay(berlin, '2026-13', 1)).toThrow(/not a month/);
  });
});

describe('businessDateAt', () => {
  const early = compileCalendar({ ...rule, dayStartsAt: '06:00' });

  it.each([
    ['2026-11-30T04:59:59Z', '2026-11-29'],
    ['2026-11-30T05:00:00Z', '2026-11-30'],
    ['2026-12-01T01:00:00Z', '2026-11-30'],
  ])('gives %s to %s where days begin at six', (instant, date) => {
    expect(businessDateAt(early, new Date(instant))).toBe(date);
  });

  it('takes midnight in the zone where nothing else is said', () => {
    expect(businessDateAt(berlin, new Date('2026-11-29T22:59:59Z'))).toBe('2026-11-29');
    expect(businessDateAt(berlin, new Date('2026-11-29T23:00:00Z'))).toBe('2026-11-30');
  });

  it('does not go back to the day before while an hour is repeated', () => {
    const inRepeated = compileCalendar({ timeZone: 'Europe/Berlin', dayStartsAt: '02:30' });
    expect(dayStart(inRepeated, '2026-10-25').toISOString()).toBe('2026-10-25T00:30:00.000Z');
    expect(
      ['00:29', '00:30', '01:00', '01:29', '01:30'].map((time) =>
        businessDateAt(inRepeated, new Date(`2026-10-25T${time}:00Z`)),
      ),
    ).toEqual(['2026-10-24', '2026-10-25', '2026-10-25', '2026-10-25', '2026-10-25']);
  });

  it('begins a day whose first hour is skipped at the next instant', () => {
    const havana = compileCalendar({ timeZone: 'America/Havana' });
    expect(dayStart(havana, '2026-03-08').toISOString()).toBe('2026-03-08T05:00:00.000Z');
  });
});

describe('compileCalendar', () => {
  const detailsOf = (changes: Partial<CalendarRule>): readonly string[] => {
    try {
      compileCalendar({ ...rule, ...changes });
    } catch (error) {
      return (error as { details: string[] }).details;
    }
    return [];
  };

  it.each<[Partial<CalendarRule>, RegExp]>([
    [{ timeZone: 'Mars/North' }, /timeZone "Mars\/North"/],
    [{ businessDays: [], additions: [] }, /no business day at all/],
    [{ holidays: [{ date: '2027-02-29', name: 'None' }] }, /holidays\[0\] "2027-02-29" is not a date/],
    [{ exclusions: ['tomorrow'] }, /exclusions\[0\]/],
    [{ exclusions: ['2026-12-19'] }, /2026-12-19 stands in exclusions and in additions/],
  ])('names what is wrong with %j', (changes, problem) => {
    expect(detailsOf(changes)).toEqual([expect.stringMatching(problem)]);
  });

  it('refuses a beginning of the day that is no time', () => {
    expect(() => compileCalendar({ ...rule, dayStartsAt: '24:00' })).toThrow(/dayStartsAt "24:00"/);
  });

  it('keeps the names of two holidays on one day', () => {
    const holidays = ['Ascension', 'Labour Day', 'Ascension'].map((name) => ({ date: '2008-05-01', name }));
    expect(compileCalendar({ timeZone: 'UTC', holidays }).holidays.get('2008-05-01')).toBe(
      'Ascension, Labour Day',
    );
  });
});
