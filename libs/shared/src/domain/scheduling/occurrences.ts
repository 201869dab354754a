import { latestOf } from './latest.js';
import type { LocalDate } from './local-date.js';
import { nextTime } from './recurrence.js';
import { isDayWanted, nextWantedDay, planDateAt, type SchedulePlan } from './schedule-plan.js';
import { nextWindow, windowAt, type WindowSpan } from './window.js';

/** A moment at which a batch is due. */
export interface Occurrence {
  readonly plannedAt: Date;
  /** The business day that it is for: that on which its window begins, or its own where there is no window. */
  readonly businessDate: LocalDate;
  /** The window that it lies in; null where there is none. */
  readonly window: WindowSpan | null;
}

/** Some occurrences, and whether there were more than were asked for. */
export interface OccurrenceList {
  readonly occurrences: readonly Occurrence[];
  readonly isCut: boolean;
}

/** As rare as dates get (29 February on a given weekday): what does not come by then never does. */
const HORIZON_MS = 45 * 366 * 86_400_000;

/**
 * The first occurrence after an instant; null when there is none. What a recurrence names outside the window, or on a day that
 * the calendar does not want, is no occurrence.
 */
export function nextPlanned(plan: SchedulePlan, after: Date): Occurrence | null {
  const horizon = after.getTime() + HORIZON_MS;
  let from: Date | null = after;
  while (from && from.getTime() < horizon) {
    const plannedAt = nextCandidate(plan, from);
    if (!plannedAt) return null;
    const occurrence = occurrenceAt(plan, plannedAt);
    if (occurrence && isDayWanted(plan, occurrence.businessDate)) return occurrence;
    from = occurrence ? afterUnwantedDay(plan, occurrence) : beforeNextWindow(plan, plannedAt);
  }
  return null;
}

/** The next `count` occurrences; fewer when there are no more. */
export function nextPlannedList(plan: SchedulePlan, after: Date, count: number): readonly Occurrence[] {
  const occurrences: Occurrence[] = [];
  for (let next = nextPlanned(plan, after); next && occurrences.length < count;) {
    occurrences.push(next);
    next = occurrences.length < count ? nextPlanned(plan, next.plannedAt) : null;
  }
  return occurrences;
}

/** The occurrences in (after, until], the oldest first, at most `limit`. */
export function plannedBetween(plan: SchedulePlan, after: Date, until: Date, limit: number): OccurrenceList {
  const occurrences: Occurrence[] = [];
  for (let next = nextPlanned(plan, after); next && next.plannedAt <= until;) {
    if (occurrences.length === limit) return { occurrences, isCut: true };
    occurrences.push(next);
    next = nextPlanned(plan, next.plannedAt);
  }
  return { occurrences, isCut: false };
}

/** The newest occurrence in (after, until], or null. Costs little even when thousands lie in between. */
export function latestPlanned(plan: SchedulePlan, after: Date, until: Date): Occurrence | null {
  return latestOf(
    (from) => nextPlanned(plan, from),
    ({ plannedAt }) => plannedAt,
    after,
    until,
  );
}

/**
 * From when on something may run that is not bound to an occurrence of its own (caught up, backfilled): now, or when the next
 * window opens on a day that the calendar wants. Null when that never comes.
 */
export function openingFor(
  plan: SchedulePlan,
  now: Date,
): { readonly at: Date; readonly window: WindowSpan | null } | null {
  const always = { ...plan, recurrence: null };
  const isOpen = plan.window ? windowAt(plan.window, now) !== null : true;
  const current = isOpen ? occurrenceAt(plan, now) : null;
  if (current && isDayWanted(plan, current.businessDate)) return { at: now, window: current.window };
  if (!plan.window) {
    const at = nextWantedDay(plan, planDateAt(plan, now));
    return at && { at, window: null };
  }
  const next = nextPlanned(always, now);
  return next && { at: next.plannedAt, window: next.window };
}

function nextCandidate({ recurrence, frame, window }: SchedulePlan, after: Date): Date | null {
  if (recurrence) return nextTime(recurrence, frame, after);
  return window && nextWindow(window, after).startsAt;
}

/** Null outside the window. */
function occurrenceAt(plan: SchedulePlan, plannedAt: Date): Occurrence | null {
  if (!plan.window) return { plannedAt, businessDate: planDateAt(plan, plannedAt), window: null };
  const window = windowAt(plan.window, plannedAt);
  return window && { plannedAt, businessDate: planDateAt(plan, window.startsAt), window };
}

/** Goes past whole days that are not wanted, so that a schedule of every second does not look at each of their seconds. */
function afterUnwantedDay(plan: SchedulePlan, { businessDate, plannedAt, window }: Occurrence): Date | null {
  const day = nextWantedDay(plan, businessDate);
  if (!day) return null;
  const from = Math.max(day.getTime(), window?.endsAt.getTime() ?? 0) - 1;
  return new Date(Math.max(from, plannedAt.getTime()));
}

function beforeNextWindow({ window }: SchedulePlan, instant: Date): Date | null {
  return window && new Date(nextWindow(window, instant).startsAt.getTime() - 1);
}
