import { Injectable, Logger } from '@nestjs/common';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { Schedule } from '#shared/domain/schedule.js';
import { ScheduleStore } from '#shared/store/schedule-store.js';
import { parseRecurrence, type Recurrence } from '#shared/domain/scheduling/recurrence.js';

/** A schedule as this instance follows it. */
export interface FollowedSchedule {
  readonly schedule: Schedule;
  readonly recurrence: Recurrence;
  /** The newest occurrence that this instance knows to be claimed. */
  lastPlannedAt: Date | null;
  /** Not looked at before; null: at once. */
  nextDueAt: Date | null;
  /** An occurrence was due in time and waits for the run before it to end. */
  isPostponed: boolean;
  /** The run at the version's activation has been seen to. */
  isStarted: boolean;
}

/** Reads the active versions' schedules and keeps what this instance knows of them over a change of others. */
@Injectable()
export class TimerSchedules {
  private readonly logger = new Logger(TimerSchedules.name);
  private followed = new Map<string, FollowedSchedule>();

  constructor(private readonly store: ScheduleStore) {}

  all(): Iterable<FollowedSchedule> {
    return this.followed.values();
  }

  async reload(): Promise<void> {
    const schedules = await this.store.listActive();
    const known = this.followed;
    this.followed = new Map(
      schedules.flatMap((schedule) => {
        const followed = this.follow(schedule, known.get(schedule.id));
        return followed ? [[schedule.id, followed]] : [];
      }),
    );
  }

  private follow(schedule: Schedule, known: FollowedSchedule | undefined): FollowedSchedule | null {
    const recurrence = this.parse(schedule);
    if (!recurrence) return null;
    return {
      schedule,
      recurrence,
      lastPlannedAt: schedule.lastPlannedAt,
      nextDueAt: null,
      isPostponed: known?.isPostponed ?? false,
      isStarted: known?.isStarted === true && known.schedule.appVersionId === schedule.appVersionId,
    };
  }

  /** Publishing has checked it; one that an older release accepted must not stop all others. */
  private parse(schedule: Schedule): Recurrence | null {
    try {
      return parseRecurrence(schedule.expression);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      this.logger.error(
        { err: error, scheduleId: schedule.id },
        `The timer of ${schedule.functionName} does not run.`,
      );
      return null;
    }
  }
}
