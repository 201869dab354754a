import type { BatchWeekday } from '../batch-definition.js';
import { isTimeZone, momentOf } from '../capacity/zone-time.js';
import { InvalidInputError } from '../errors.js';
import {
  addDays,
  dateOfLocalMs,
  isLocalDate,
  type LocalDate,
  localMsOfDate,
  weekdayOf,
} from './local-date.js';
import { parseTimeOfDay } from './time-of-day.js';
import { localTimeAt } from './zone-time.js';

/** A whole day in the calendar's zone, and what it is called. */
export interface Holiday {
  readonly date: LocalDate;
  readonly name: string;
}

/** A calendar as it is written. */
export interface CalendarRule {
  /** An IANA name. Days are whole days there. */
  readonly timeZone: string;
  /** The weekdays on which business is done; default Monday to Friday. */
  readonly businessDays?: readonly BatchWeekday[] | undefined;
  readonly holidays?: readonly Holiday[] | undefined;
  /** Days without business that are no holidays, such as a stocktaking. */
  readonly exclusions?: readonly LocalDate[] | undefined;
  /** Days with business whatever else is said: a Saturday that is made up for, a holiday that is worked. */
  readonly additions?: readonly LocalDate[] | undefined;
  /** When a business day begins; default 00:00. With 06:00, what runs at 02:00 belongs to the day before. */
  readonly dayStartsAt?: string | undefined;
}

/** What a day is to a calendar. A holiday stays one on a weekend; an addition makes any day a business day. */
export type DayKind = 'businessDay' | 'holiday' | 'excluded' | 'weekend';

/** A calendar that is checked and ready for questions. Made by `compileCalendar`. */
export interface Calendar {
  readonly timeZone: string;
  readonly dayStartMs: number;
  readonly businessWeekdays: ReadonlySet<BatchWeekday>;
  /** Name by day. */
  readonly holidays: ReadonlyMap<LocalDate, string>;
  readonly exclusions: ReadonlySet<LocalDate>;
  readonly additions: ReadonlySet<LocalDate>;
}

const MONDAY_TO_FRIDAY: readonly BatchWeekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];
const DAY_MS = 86_400_000;

/** Longer than any holidays that follow each other: a calendar without business for so long has none. */
const MAX_DAYS_WITHOUT_BUSINESS = 3_660;

/**
 * Checks a calendar. Days of `additions` win over all else, then holidays, then exclusions.
 * @throws InvalidInputError with a detail per field that is wrong
 */
export function compileCalendar(rule: CalendarRule): Calendar {
  const problems = calendarProblems(rule);
  if (problems.length > 0) throw new InvalidInputError('The calendar is not right.', problems);
  return {
    timeZone: rule.timeZone,
    dayStartMs: parseTimeOfDay(rule.dayStartsAt ?? '00:00', 'dayStartsAt'),
    businessWeekdays: new Set(rule.businessDays ?? MONDAY_TO_FRIDAY),
    holidays: holidayNames(rule.holidays ?? []),
    exclusions: new Set(rule.exclusions),
    additions: new Set(rule.additions),
  };
}

/** Where nothing but the zone is said: business from Monday to Friday, days from midnight. */
export function plainCalendar(timeZone: string): Calendar {
  return compileCalendar({ timeZone });
}

export function dayKindOf(calendar: Calendar, date: LocalDate): DayKind {
  if (calendar.additions.has(date)) return 'businessDay';
  if (calendar.holidays.has(date)) return 'holiday';
  if (calendar.exclusions.has(date)) return 'excluded';
  return calendar.businessWeekdays.has(weekdayOf(date)) ? 'businessDay' : 'weekend';
}

export function isBusinessDay(calendar: Calendar, date: LocalDate): boolean {
  return dayKindOf(calendar, date) === 'businessDay';
}

/** When a day begins. Where clocks change at that hour: at the first such time, or at the next instant that exists. */
export function dayStart(calendar: Calendar, date: LocalDate): Date {
  return new Date(momentOf(calendar.timeZone, localMsOfDate(date) + calendar.dayStartMs, 'first'));
}

/** The day that an instant belongs to. Never goes back, also while clocks do. */
export function businessDateAt(calendar: Calendar, instant: Date): LocalDate {
  const date = dateOfLocalMs(localTimeAt(instant.getTime(), calendar.timeZone));
  return dayStart(calendar, date) <= instant ? date : addDays(date, -1);
}

/** The first business day after a day; null when none comes within ten years. */
export function nextBusinessDay(calendar: Calendar, date: LocalDate): LocalDate | null {
  return findBusinessDay(calendar, date, 1);
}

/** The last business day before a day; null when there was none within ten years. */
export function previousBusinessDay(calendar: Calendar, date: LocalDate): LocalDate | null {
  return findBusinessDay(calendar, date, -1);
}

/**
 * The nth business day of a month; counted from its end where `n` is negative. Null where the month has not so many.
 * @param month such as `2026-11`
 */
export function nthBusinessDay(calendar: Calendar, month: string, n: number): LocalDate | null {
  if (!Number.isInteger(n) || n === 0)
    throw new InvalidInputError(`n (${n}) must be a whole number from 1, or from -1 downwards.`);
  const days = daysOfMonth(month).filter((date) => isBusinessDay(calendar, date));
  return days.at(n > 0 ? n - 1 : n) ?? null;
}

function findBusinessDay(calendar: Calendar, from: LocalDate, step: 1 | -1): LocalDate | null {
  const fromMs = localMsOfDate(from);
  for (let days = 1; days <= MAX_DAYS_WITHOUT_BUSINESS; days += 1) {
    const date = dateOfLocalMs(fromMs + step * days * DAY_MS);
    if (isBusinessDay(calendar, date)) return date;
  }
  return null;
}

function daysOfMonth(month: string): LocalDate[] {
  if (!isLocalDate(`${month}-01`)) throw new InvalidInputError(`"${month}" is not a month such as 2026-11.`);
  const days: LocalDate[] = [];
  for (let date = `${month}-01`; date.startsWith(month); date = addDays(date, 1)) days.push(date);
  return days;
}

function holidayNames(holidays: readonly Holiday[]): Map<LocalDate, string> {
  const names = new Map<LocalDate, Set<string>>();
  for (const { date, name } of holidays) names.set(date, (names.get(date) ?? new Set()).add(name));
  return new Map([...names].map(([date, all]) => [date, [...all].join(', ')]));
}

function calendarProblems(rule: CalendarRule): string[] {
  const { timeZone, businessDays, holidays = [], exclusions = [], additions = [] } = rule;
  const problems: string[] = [];
  if (!isTimeZone(timeZone))
    problems.push(`timeZone "${timeZone}" must be an IANA name such as Europe/Berlin.`);
  if (businessDays?.length === 0 && additions.length === 0)
    problems.push(
      'businessDays must name a weekday, or additions a day: there would be no business day at all.',
    );
  const dates = { holidays: holidays.map(({ date }) => date), exclusions, additions };
  for (const [field, values] of Object.entries(dates))
    values.forEach((date, index) => {
      if (!isLocalDate(date)) problems.push(`${field}[${index}] "${date}" is not a date such as 2026-11-30.`);
    });
  const both = exclusions.find((date) => additions.includes(date));
  if (both !== undefined) problems.push(`${both} stands in exclusions and in additions: take it out of one.`);
  return problems;
}
