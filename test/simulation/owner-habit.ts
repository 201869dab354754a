import {
  emptyIdleHistory,
  expectedIdleSeconds,
  HOURS_PER_WEEK,
  noteHour,
} from '../../apps/worker/src/capacity/admission/idle-history.js';
import { HOUR_MS } from './local-time.js';
import type { MachinePlan } from './machine-plan.js';

/** What a machine learns of when its owner comes, told by comings and goings. */
export class OwnerHabit {
  private readonly history = emptyIdleHistory();
  private notedHours = 0;
  private lastBusyHour = -1;
  private present = false;

  constructor(private readonly plan: MachinePlan) {}

  ownerIs(present: boolean, atMs: number): void {
    this.noteUntil(atMs);
    this.lastBusyHour = Math.floor(atMs / HOUR_MS);
    this.present = present;
  }

  /** Seconds until the owner is expected; Infinity where that does not matter. */
  expectedIdleSeconds(atMs: number): number {
    if (this.plan.policy.whenOwnerActive === 'continue') return Infinity;
    this.noteUntil(atMs);
    const minute = this.plan.localTime.minuteOfWeek(atMs);
    return expectedIdleSeconds(this.history, Math.floor(minute / 60), (minute % 60) * 60);
  }

  private noteUntil(atMs: number): void {
    const hour = Math.floor(atMs / HOUR_MS);
    for (; this.notedHours < hour; this.notedHours += 1) {
      const minute = this.plan.localTime.minuteOfWeek(this.notedHours * HOUR_MS);
      const wasBusy =
        this.notedHours === this.lastBusyHour || (this.present && this.notedHours > this.lastBusyHour);
      noteHour(this.history, Math.floor(minute / 60) % HOURS_PER_WEEK, !wasBusy);
    }
  }
}
