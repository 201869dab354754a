import { BATCH_WEEKDAYS, type BatchWeekday } from '../batch-definition.js';
import { InvalidInputError } from '../errors.js';

/** A day of the calendar, in no zone: `2026-11-30` (ISO 8601). Such texts compare as their days do. */
export type LocalDate = string;

const DAY_MS = 86_400_000;
const FORM = /^\d{4}-\d{2}-\d{2}$/;

/** Whether a text is a day that exists: `2027-02-29` is none. */
export function isLocalDate(text: string): boolean {
  const ms = FORM.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(ms) && dateOfLocalMs(ms) === text;
}

/** The day's midnight, kept as if it were UTC. Throws `InvalidInputError` for what is no day. */
export function localMsOfDate(date: LocalDate): number {
  if (!isLocalDate(date)) throw new InvalidInputError(`"${date}" is not a date such as 2026-11-30.`);
  return Date.parse(`${date}T00:00:00Z`);
}

/** The day of a local time that is kept as if it were UTC. */
export function dateOfLocalMs(localMs: number): LocalDate {
  return new Date(localMs).toISOString().slice(0, 10);
}

/** @param days may be negative */
export function addDays(date: LocalDate, days: number): LocalDate {
  return dateOfLocalMs(localMsOfDate(date) + days * DAY_MS);
}

export function weekdayOf(date: LocalDate): BatchWeekday {
  // There Monday is the first, and Sunday the last; `getUTCDay` begins with Sunday.
  return BATCH_WEEKDAYS.at(new Date(localMsOfDate(date)).getUTCDay() - 1) as BatchWeekday;
}
