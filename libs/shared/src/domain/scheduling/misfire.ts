import type { MisfirePolicy } from '../batch-definition.js';
import { latestPlanned, type Occurrence, openingFor, plannedBetween } from './occurrences.js';
import type { SchedulePlan } from './schedule-plan.js';
import type { WindowSpan } from './window.js';

/** What is known of a batch's schedule at a moment. */
export interface DueFacts {
  readonly plan: SchedulePlan;
  readonly misfire: MisfirePolicy;
  /** How late a missed occurrence may still be made up for, seconds. */
  readonly catchUpSeconds?: number | undefined;
  /** Everything planned up to here has been seen to; see `settledUntil`. */
  readonly settledUntil: Date;
  readonly isPaused: boolean;
  /** The database's time. */
  readonly now: Date;
}

/** A run that is to be made. */
export interface DueStart {
  readonly occurrence: Occurrence;
  readonly cause: 'schedule' | 'catchUp';
  /** It may begin from then on. */
  readonly notBefore: Date;
  /** In which window; that of its occurrence, unless it is caught up later. */
  readonly window: WindowSpan | null;
}

/** Why occurrences are not run. `tooLate`: they could only begin when `catchUpSeconds` are over. */
export type SkipReason = 'paused' | 'misfire' | 'tooLate';

export interface DueDecision {
  /** The oldest first. What its overlap policy makes of each is decided next. */
  readonly starts: readonly DueStart[];
  /** Due, and neither run now nor looked at again; of very many, the ones that were looked at. */
  readonly skipped: readonly { readonly occurrence: Occurrence; readonly reason: SkipReason }[];
  /** All up to here is seen to with this decision; null: nothing was due. */
  readonly settledUntil: Date | null;
}

/** A week: longer than any holidays during which nobody looks, and not so long that last month's work comes back. */
export const DEFAULT_CATCH_UP_SECONDS = 7 * 86_400;

/** So many are looked at, the newest; a schedule of every second must not make a million runs after a night without it. */
export const MAX_CAUGHT_UP = 1_000;

/** A look at the schedules may be held up that long without anything having been missed. As of timers. */
const MISSED_AFTER_MS = 60_000;

/** From when on occurrences count: the schedule's beginning, the newest that was claimed, the end of a pause. */
export function settledUntil(facts: {
  readonly activeSince: Date;
  readonly lastPlannedAt: Date | null;
  readonly resumedAt?: Date | null | undefined;
}): Date {
  const { activeSince, lastPlannedAt, resumedAt } = facts;
  return new Date(Math.max(activeSince.getTime(), lastPlannedAt?.getTime() ?? 0, resumedAt?.getTime() ?? 0));
}

/**
 * What is to become of the occurrences that are due. What is due in time is run. What was missed is skipped, run once for all of
 * them (the newest), or run one by one, as the policy says, as long as it can begin within `catchUpSeconds`; never outside the
 * window, nor on a day that the calendar does not want: it then waits for the next window. While paused all that comes is skipped.
 */
export function decideDue(facts: DueFacts): DueDecision {
  const due = dueOccurrences(facts);
  const newest = due.at(-1);
  if (!newest) return { starts: [], skipped: [], settledUntil: null };
  const settled = { settledUntil: newest.plannedAt };
  if (facts.isPaused) return { ...settled, starts: [], skipped: skippedAs('paused', due) };
  const inTime = due.filter((occurrence) => !isMissed(facts, occurrence));
  const missed = due.filter((occurrence) => isMissed(facts, occurrence));
  const chosen = facts.misfire === 'skip' ? [] : missed.slice(facts.misfire === 'runOnce' ? -1 : 0);
  const caughtUp = catchUp(facts, chosen);
  return {
    ...settled,
    starts: [...caughtUp.starts, ...inTime.map(startInTime)],
    skipped: [
      ...skippedAs('misfire', missed.slice(0, missed.length - chosen.length)),
      ...skippedAs('tooLate', caughtUp.tooLate),
    ],
  };
}

/** The newest of what is due, the oldest first. */
function dueOccurrences({ plan, settledUntil: after, now }: DueFacts): readonly Occurrence[] {
  const all = plannedBetween(plan, after, now, MAX_CAUGHT_UP);
  if (!all.isCut) return all.occurrences;
  return newestBetween(plan, after, now);
}

/** From the newest back, in steps that grow, until there are enough. */
function newestBetween(plan: SchedulePlan, after: Date, now: Date): readonly Occurrence[] {
  const newest = latestPlanned(plan, after, now);
  if (!newest) return [];
  let from = after.getTime();
  const to = newest.plannedAt.getTime();
  // Halves the time until what is left of it holds no more than are wanted.
  while (plannedBetween(plan, new Date(from), now, MAX_CAUGHT_UP).isCut) {
    const middle = from + Math.ceil((to - from) / 2);
    if (middle >= to) break;
    from = middle;
  }
  return plannedBetween(plan, new Date(from), now, MAX_CAUGHT_UP).occurrences;
}

/** One that stands for its window is missed when the window is over; any other when its time has passed. */
function isMissed({ plan, now }: DueFacts, { plannedAt, window }: Occurrence): boolean {
  if (plan.recurrence === null && window) return now >= window.endsAt;
  return now.getTime() - plannedAt.getTime() > MISSED_AFTER_MS || (window !== null && now >= window.endsAt);
}

function catchUp(
  { plan, now, catchUpSeconds = DEFAULT_CATCH_UP_SECONDS }: DueFacts,
  chosen: readonly Occurrence[],
): { readonly starts: readonly DueStart[]; readonly tooLate: readonly Occurrence[] } {
  const opening = chosen.length > 0 ? openingFor(plan, now) : null;
  if (!opening) return { starts: [], tooLate: chosen };
  const isInTime = ({ plannedAt }: Occurrence): boolean =>
    opening.at.getTime() - plannedAt.getTime() <= catchUpSeconds * 1000;
  return {
    starts: chosen.filter(isInTime).map((occurrence) => ({
      occurrence,
      cause: 'catchUp',
      notBefore: opening.at,
      window: opening.window,
    })),
    tooLate: chosen.filter((occurrence) => !isInTime(occurrence)),
  };
}

function startInTime(occurrence: Occurrence): DueStart {
  return { occurrence, cause: 'schedule', notBefore: occurrence.plannedAt, window: occurrence.window };
}

function skippedAs(reason: SkipReason, occurrences: readonly Occurrence[]): DueDecision['skipped'] {
  return occurrences.map((occurrence) => ({ occurrence, reason }));
}
