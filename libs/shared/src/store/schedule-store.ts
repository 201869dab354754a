import type { Schedule } from '../domain/schedule.js';
import type { NewInvocation } from './invocation-store.js';

/**
 * `claimed` · `taken`: it was claimed before · `overlaps`: an earlier run of the schedule has not ended, nothing was written.
 */
export type OccurrenceClaimOutcome = 'claimed' | 'taken' | 'overlaps';

/** Timer schedules and their occurrences. */
export abstract class ScheduleStore {
  /** The schedules of the active versions. */
  abstract listActive(): Promise<readonly Schedule[]>;
  /** That of a function of an app's active version; null when it has none. */
  abstract find(appId: string, functionName: string): Promise<Schedule | null>;
  /**
   * Claims an occurrence by its unique key (schedule, planned time) and, in the same transaction, accepts its invocation.
   * No leader is needed: one claim of an occurrence is given, and runs of a schedule never overlap, whoever claims at the same
   * time. `invocation` null: the occurrence is skipped (a misfire), which no run stands in the way of.
   */
  abstract claimOccurrence(
    scheduleId: string,
    plannedAt: Date,
    invocation: NewInvocation | null,
  ): Promise<OccurrenceClaimOutcome>;
  /** True while an invocation of this schedule has no end. Cheap, but only a claim can be sure. */
  abstract hasUnfinishedRun(scheduleId: string): Promise<boolean>;
}
