import { InvalidInputError } from '../errors.js';
import { dayStart } from './calendar.js';
import { isLocalDate, type LocalDate } from './local-date.js';
import { type Occurrence, nextPlanned, openingFor } from './occurrences.js';
import { planDateAt, type SchedulePlan } from './schedule-plan.js';
import type { WindowSpan } from './window.js';

/** A range of business days, both included. */
export interface BackfillRange {
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/** The occurrences to run again or for the first time, the oldest first, and from when on they may. */
export interface Backfill {
  readonly occurrences: readonly Occurrence[];
  readonly notBefore: Date;
  readonly window: WindowSpan | null;
}

/** One range makes so many runs at most: three years of nights. */
export const MAX_BACKFILL_RUNS = 1_100;

/**
 * The occurrences of a range of business days that are over or have begun; what is still to come will run by itself. They run in
 * the window that is open, or in the next one, each for its own business day.
 * @throws InvalidInputError that names the field, its limit and what to do
 */
export function planBackfill(plan: SchedulePlan, { from, to }: BackfillRange, now: Date): Backfill {
  checkRange(plan, { from, to }, now);
  const occurrences = occurrencesOf(plan, { from, to }, now);
  if (occurrences.length > MAX_BACKFILL_RUNS)
    throw new InvalidInputError(
      `The range from ${from} to ${to} has more than ${MAX_BACKFILL_RUNS} occurrences: take a shorter one.`,
    );
  if (occurrences.length === 0)
    throw new InvalidInputError(
      `From ${from} to ${to} the schedule has no occurrence: nothing is to be run.`,
    );
  const opening = openingFor(plan, now);
  if (!opening) throw new InvalidInputError('No window is to come in which the runs could begin.');
  return { occurrences, notBefore: opening.at, window: opening.window };
}

/** One more than are allowed, at most. A window of the last day may reach into the next one. */
function occurrencesOf(plan: SchedulePlan, { from, to }: BackfillRange, now: Date): readonly Occurrence[] {
  const occurrences: Occurrence[] = [];
  let next = nextPlanned(plan, new Date(dayStart(plan.calendar, from).getTime() - 1));
  while (
    next &&
    next.plannedAt <= now &&
    next.businessDate <= to &&
    occurrences.length <= MAX_BACKFILL_RUNS
  ) {
    // The window of the day before may reach into the first one.
    if (next.businessDate >= from) occurrences.push(next);
    next = nextPlanned(plan, next.plannedAt);
  }
  return occurrences;
}

function checkRange(plan: SchedulePlan, { from, to }: BackfillRange, now: Date): void {
  for (const [field, date] of Object.entries({ from, to }))
    if (!isLocalDate(date))
      throw new InvalidInputError(`${field} "${date}" must be a date such as 2026-11-30.`);
  if (from > to) throw new InvalidInputError(`from ${from} must not be after to ${to}.`);
  const today = planDateAt(plan, now);
  if (to > today)
    throw new InvalidInputError(
      `to ${to} must not be after today (${today}): what is to come runs by itself.`,
    );
}
