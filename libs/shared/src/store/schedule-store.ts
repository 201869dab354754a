import type { Schedule } from '../domain/schedule.js';
import type { NewInvocation } from './invocation-store.js';

/** Timer schedules and their occurrences. */
export abstract class ScheduleStore {
  /** The schedules of the active versions. */
  abstract listActive(): Promise<readonly Schedule[]>;
  /**
   * Claims an occurrence by its unique key (schedule, planned time) and, in the same transaction, accepts its invocation.
   * False when it was claimed before: no leader is needed. `invocation` null: the occurrence is skipped (a misfire).
   */
  abstract claimOccurrence(
    scheduleId: string,
    plannedAt: Date,
    invocation: NewInvocation | null,
  ): Promise<boolean>;
  /** True while an invocation of this schedule has no end: a timer's runs never overlap. */
  abstract hasUnfinishedRun(scheduleId: string): Promise<boolean>;
}
