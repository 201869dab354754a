import { BATCH_WEEKDAYS, type BatchWeekday, type BatchWindow } from '../batch-definition.js';
import { isTimeZone, momentOf } from '../capacity/zone-time.js';
import { InvalidInputError } from '../errors.js';
import { addDays, dateOfLocalMs, type LocalDate, localMsOfDate, weekdayOf } from './local-date.js';
import { parseTimeOfDay } from './time-of-day.js';
import { localTimeAt } from './zone-time.js';

/** A window that is checked and ready for questions. Made by `compileWindow`. */
export interface DailyWindow {
  readonly startMs: number;
  /** From the same midnight as `startMs`: more than a day where it ends on the next. */
  readonly endMs: number;
  readonly timeZone: string;
  readonly weekdays: ReadonlySet<BatchWeekday>;
}

/** One time that a window is open: from `startsAt`, until just before `endsAt`. */
export interface WindowSpan {
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** The local day of its beginning. */
  readonly date: LocalDate;
}

const DAY_MS = 86_400_000;

/** A window that begins once a week, and that clocks skip, comes in the week after. */
const MAX_DAYS_BETWEEN = 15;

/**
 * An end at or before the start is the next day's: the same time twice is a window of a whole day.
 * @throws InvalidInputError that names the field
 */
export function compileWindow(rule: BatchWindow): DailyWindow {
  const startMs = parseTimeOfDay(rule.start, 'window.start');
  const endMs = parseTimeOfDay(rule.end, 'window.end');
  if (!isTimeZone(rule.timeZone))
    throw new InvalidInputError(
      `window.timeZone "${rule.timeZone}" must be an IANA name such as Europe/Berlin.`,
    );
  const weekdays = new Set(rule.weekdays ?? BATCH_WEEKDAYS);
  if (weekdays.size === 0)
    throw new InvalidInputError('window.weekdays must name a weekday; leave it out for all of them.');
  return { startMs, endMs: endMs <= startMs ? endMs + DAY_MS : endMs, timeZone: rule.timeZone, weekdays };
}

/**
 * The window that begins on a local day; null where none does.
 *
 * Where clocks change: a beginning or end that does not exist is at the next instant that does, one that comes twice is at its
 * first time. So a window is an hour shorter or longer than on other days, and one that lies wholly in a skipped hour is not.
 */
export function windowOf(window: DailyWindow, date: LocalDate): WindowSpan | null {
  if (!window.weekdays.has(weekdayOf(date))) return null;
  const midnight = localMsOfDate(date);
  const startsAt = new Date(momentOf(window.timeZone, midnight + window.startMs, 'first'));
  const endsAt = new Date(momentOf(window.timeZone, midnight + window.endMs, 'first'));
  return startsAt < endsAt ? { startsAt, endsAt, date } : null;
}

/** The window that is open at an instant; null where it is closed. */
export function windowAt(window: DailyWindow, instant: Date): WindowSpan | null {
  const today = localDateAt(window, instant);
  for (const date of [today, addDays(today, -1)]) {
    const span = windowOf(window, date);
    if (span && span.startsAt <= instant && instant < span.endsAt) return span;
  }
  return null;
}

/** The first window that begins after an instant. */
export function nextWindow(window: DailyWindow, after: Date): WindowSpan {
  const today = localDateAt(window, after);
  // From yesterday: where a day was skipped whole, yesterday's beginning lies in today.
  for (let days = -1; days <= MAX_DAYS_BETWEEN; days += 1) {
    const span = windowOf(window, addDays(today, days));
    if (span && span.startsAt > after) return span;
  }
  throw new Error(`No window begins within ${MAX_DAYS_BETWEEN} days: it does not come back each week`);
}

/** The window in which something planned for an instant may run: the open one, or the next. */
export function windowFor(window: DailyWindow, instant: Date): WindowSpan {
  return windowAt(window, instant) ?? nextWindow(window, instant);
}

export function windowLengthMs({ startsAt, endsAt }: WindowSpan): number {
  return endsAt.getTime() - startsAt.getTime();
}

function localDateAt({ timeZone }: DailyWindow, instant: Date): LocalDate {
  return dateOfLocalMs(localTimeAt(instant.getTime(), timeZone));
}
