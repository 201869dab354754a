import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config.js';
import { Dispatcher } from '../../dispatch/dispatcher.js';
import type { FollowedSchedule } from './timer-schedules.js';

/** A timer that fires as often as this finds its container as the run before left it. */
const FREQUENT_MS = 120_000;

/** Whether a timer will be due so soon that a container of its app should be got ready now. */
export function isToBeWarmed(
  { nextDueAt, lastPlannedAt }: Pick<FollowedSchedule, 'nextDueAt' | 'lastPlannedAt'>,
  now: Date,
  aheadSeconds: number,
): boolean {
  if (!nextDueAt) return false;
  const inMs = nextDueAt.getTime() - now.getTime();
  if (inMs <= 0 || inMs > aheadSeconds * 1000) return false;
  return !lastPlannedAt || nextDueAt.getTime() - lastPlannedAt.getTime() >= FREQUENT_MS;
}

/**
 * Sends word to the workers shortly before timers are due, so that a container is ready at the time. A help and no promise:
 * what gets lost costs a cold start.
 */
@Injectable()
export class TimerWarming {
  /** The moments, milliseconds since 1970, that word was sent for, by app version. */
  private readonly sentFor = new Map<string, number>();

  constructor(
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'timerWarmUpSeconds'>,
    private readonly dispatcher: Dispatcher,
  ) {}

  /** To be called each second. Never rejects. */
  async look(schedules: Iterable<FollowedSchedule>, now: Date): Promise<void> {
    this.forget(now);
    const due = [...schedules].filter((one) => isToBeWarmed(one, now, this.settings.timerWarmUpSeconds));
    const groups = Map.groupBy(due, (one) => `${one.schedule.appVersionId} ${one.nextDueAt?.getTime()}`);
    for (const group of groups.values()) await this.send(group);
  }

  /** Once for all the timers of an app that are due at the same moment. */
  private async send(group: readonly FollowedSchedule[]): Promise<void> {
    const [{ schedule, nextDueAt } = {}] = group;
    if (!schedule || !nextDueAt) return;
    if (this.sentFor.get(schedule.appVersionId) === nextDueAt.getTime()) return;
    this.sentFor.set(schedule.appVersionId, nextDueAt.getTime());
    const functionNames = group.map((one) => one.schedule.functionName);
    await this.dispatcher.warmUp(schedule, functionNames, nextDueAt);
  }

  private forget(now: Date): void {
    for (const [id, dueAtMs] of this.sentFor) if (dueAtMs < now.getTime()) this.sentFor.delete(id);
  }
}
