import type { Schedule } from '#shared/domain/schedule.js';
import {
  isSubMinute,
  latestTime,
  type Recurrence,
  type RecurrenceFrame,
} from '#shared/domain/scheduling/recurrence.js';

/** What is known of a schedule at a moment. */
export interface TimerFacts {
  readonly schedule: Pick<Schedule, 'activeSince' | 'lastPlannedAt' | 'useMonitor'>;
  readonly recurrence: Recurrence;
  readonly timeZone: string;
  /** The database's time. */
  readonly now: Date;
  /** Whether an occurrence was due in time and only waits for the run before it to end. */
  readonly isPostponed: boolean;
}

/**
 * What is to be done: nothing; `fire` the newest occurrence that is due; or `skip` it, so that it is looked at no more.
 * Occurrences before the newest are never made up for one by one.
 */
export type TimerDecision =
  | { readonly action: 'wait' }
  | { readonly action: 'fire'; readonly plannedAt: Date; readonly isPastDue: boolean }
  | { readonly action: 'skip'; readonly plannedAt: Date };

/** A look at the schedules may be held up that long without anything having been missed. */
const PAST_DUE_AFTER_MS = 5_000;

/**
 * An occurrence that nobody saw for this long was missed: management was down, or the database. Longer than a restart takes, so
 * that a release at five to eight does not cost an unmonitored timer its eight o'clock.
 */
const MISSED_AFTER_MS = 60_000;

/** `useMonitor` remembers a missed occurrence: it fires once, late. Without it a missed occurrence is skipped. */
export function decideTimer(facts: TimerFacts): TimerDecision {
  const { schedule, recurrence, now } = facts;
  const plannedAt = latestTime(recurrence, frameOf(facts), anchorOf(schedule), now);
  if (!plannedAt) return { action: 'wait' };
  const lateMs = now.getTime() - plannedAt.getTime();
  const isRemembered = isMonitored(facts) || facts.isPostponed;
  if (lateMs > MISSED_AFTER_MS && !isRemembered) return { action: 'skip', plannedAt };
  return { action: 'fire', plannedAt, isPastDue: lateMs > PAST_DUE_AFTER_MS };
}

/** As in Azure, off for schedules that fire more often than once a minute. */
export function isMonitored({ schedule, recurrence }: Pick<TimerFacts, 'schedule' | 'recurrence'>): boolean {
  return schedule.useMonitor && !isSubMinute(recurrence);
}

/** Intervals are counted from the schedule's beginning: the same on every instance, and over restarts and new versions. */
export function frameOf({ schedule, timeZone }: Pick<TimerFacts, 'schedule' | 'timeZone'>): RecurrenceFrame {
  return { timeZone, anchor: schedule.activeSince };
}

/** Nothing up to here is looked at any more. */
export function anchorOf({ activeSince, lastPlannedAt }: TimerFacts['schedule']): Date {
  return lastPlannedAt && lastPlannedAt > activeSince ? lastPlannedAt : activeSince;
}
