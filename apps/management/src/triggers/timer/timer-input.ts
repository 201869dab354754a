import type { TimerInput } from '#shared/domain/invocation.js';

/** How .NET writes a time that never was: what Azure hands a function that runs for the first time. */
const NEVER = '0001-01-01T00:00:00.000Z';

/** What a run of a timer function is told. */
export interface TimerRun {
  /** The occurrence that now fires; at a start-up, the first one to come. */
  readonly nextAt: Date;
  readonly isPastDue: boolean;
  readonly isMonitored: boolean;
  /** The occurrence before this one, as far as one was ever fired or skipped. */
  readonly lastPlannedAt: Date | null;
}

/** Azure's timer object. Its status is that from before this run, so that `next` is not the occurrence after it but this one. */
export function timerInputOf({ nextAt, isPastDue, isMonitored, lastPlannedAt }: TimerRun): TimerInput {
  const last = lastPlannedAt?.toISOString() ?? NEVER;
  return {
    schedule: { adjustForDST: true },
    scheduleStatus: isMonitored ? { last, next: nextAt.toISOString(), lastUpdated: last } : null,
    isPastDue,
  };
}
