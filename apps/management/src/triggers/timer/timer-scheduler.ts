import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { AppVersion } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import type { NewInvocation } from '#shared/store/invocation-store.js';
import { ScheduleStore } from '#shared/store/schedule-store.js';
import { Store } from '#shared/store/store.js';
import { newTraceParent } from '#shared/telemetry/trace-context.js';
import { Catalogue } from '../../catalogue/catalogue.js';
import { SETTINGS, type Settings } from '../../config.js';
import { Dispatcher } from '../../dispatch/dispatcher.js';
import { WakeableLoop } from '../../dispatch/wakeable-loop.js';
import { nextTime } from '#shared/domain/scheduling/recurrence.js';
import { anchorOf, decideTimer, frameOf, isMonitored } from './timer-decision.js';
import { timerInputOf, type TimerRun } from './timer-input.js';
import { TimerWarming } from './timer-warming.js';
import { TimerSchedules, type FollowedSchedule } from './timer-schedules.js';

const ROUND_MS = 1_000;
/** A round just after the full second finds what is due at it; one just before would find it a second late. */
const AFTER_FULL_SECOND_MS = 5;

/**
 * Fires timer functions. Every second it asks the database for the time and looks at the schedules that are due; an occurrence
 * belongs to the instance that claims it first, by a unique key, so that any number of instances fire it once. A timer's runs
 * never overlap: while one goes on, what is due waits, and of several that waited the newest is run.
 */
@Injectable()
export class TimerScheduler implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(TimerScheduler.name);
  private readonly loop = new WakeableLoop(
    () => this.round(),
    (error) => this.roundFailed(error),
  );
  private activatedAt: ReadonlyMap<string, Date> = new Map();
  private isStale = true;
  private isFailing = false;
  private unsubscribe: () => void = () => undefined;

  constructor(
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'timerTimeZone'>,
    private readonly catalogue: Catalogue,
    private readonly store: Store,
    private readonly occurrences: ScheduleStore,
    private readonly schedules: TimerSchedules,
    private readonly dispatcher: Dispatcher,
    private readonly warming: TimerWarming,
  ) {}

  onApplicationBootstrap(): void {
    this.unsubscribe = this.catalogue.subscribe((versions) => this.catalogueChanged(versions));
    this.loop.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.unsubscribe();
    await this.loop.stop();
  }

  private catalogueChanged(versions: readonly AppVersion[]): void {
    this.activatedAt = new Map(versions.map((version) => [version.id, version.createdAt]));
    this.isStale = true;
    this.loop.wake();
  }

  /** @returns how long to wait for the next round, milliseconds */
  private async round(): Promise<number> {
    if (this.isStale) {
      this.isStale = false;
      await this.schedules.reload().catch((error: unknown) => {
        this.isStale = true;
        throw error;
      });
    }
    const now = await this.store.now();
    const failures = await this.lookAtAll(now);
    await this.warming.look(this.schedules.all(), now);
    if (failures.length > 0) throw failures[0];
    this.isFailing = false;
    return ROUND_MS - (now.getTime() % ROUND_MS) + AFTER_FULL_SECOND_MS;
  }

  /** One schedule that can't be seen to must not keep the others waiting. */
  private async lookAtAll(now: Date): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (const followed of this.schedules.all()) {
      await this.look(followed, now).catch((error: unknown) => failures.push(error));
    }
    return failures;
  }

  private async look(followed: FollowedSchedule, now: Date): Promise<void> {
    if (!followed.isStarted) await this.start(followed);
    if (followed.nextDueAt && followed.nextDueAt > now) return;
    const timeZone = this.zoneOf(followed);
    const schedule = { ...followed.schedule, lastPlannedAt: followed.lastPlannedAt };
    const decision = decideTimer({ ...followed, schedule, timeZone, now });
    if (decision.action !== 'wait' && !(await this.carryOut(followed, decision))) return;
    const anchor = anchorOf({ ...schedule, lastPlannedAt: followed.lastPlannedAt });
    followed.nextDueAt = nextTime(followed.recurrence, frameOf({ schedule, timeZone }), anchor);
  }

  /** False when the occurrence has to wait for the run before it. */
  private async carryOut(
    followed: FollowedSchedule,
    decision: { action: 'fire' | 'skip'; plannedAt: Date; isPastDue?: boolean },
  ): Promise<boolean> {
    const { plannedAt, isPastDue = false } = decision;
    const isFired = decision.action === 'fire';
    if (isFired && (await this.occurrences.hasUnfinishedRun(followed.schedule.id))) {
      followed.isPostponed = true;
      return false;
    }
    const invocation = isFired ? this.invocationOf(followed, plannedAt, isPastDue) : null;
    if (!(await this.claim(followed, plannedAt, invocation))) return false;
    if (!isFired)
      this.logger.warn(
        `A run of ${followed.schedule.functionName} was missed at ${plannedAt.toISOString()}.`,
      );
    return true;
  }

  /** `runOnStartup`: a run at the activation of its version, claimed like an occurrence of that moment, so that there is one. */
  private async start(followed: FollowedSchedule): Promise<void> {
    const { schedule, recurrence } = followed;
    const { id, runOnStartup, appVersionId } = schedule;
    const activatedAt = this.activatedAt.get(appVersionId);
    if (runOnStartup && activatedAt) {
      if (await this.occurrences.hasUnfinishedRun(id)) return;
      const frame = frameOf({ schedule, timeZone: this.zoneOf(followed) });
      const nextAt = nextTime(recurrence, frame, activatedAt);
      const invocation = this.invocationOf(followed, nextAt ?? activatedAt, false);
      if (!(await this.claim(followed, activatedAt, invocation))) return;
    }
    followed.isStarted = true;
  }

  /** Whoever was first, the occurrence is over for this instance; false: it waits for a run that another one just began. */
  private async claim(
    followed: FollowedSchedule,
    plannedAt: Date,
    invocation: NewInvocation | null,
  ): Promise<boolean> {
    const outcome = await this.dispatcher.acceptOccurrence(followed.schedule.id, plannedAt, invocation);
    followed.isPostponed = outcome === 'overlaps';
    if (outcome === 'overlaps') return false;
    const { lastPlannedAt } = followed;
    followed.lastPlannedAt = lastPlannedAt && lastPlannedAt > plannedAt ? lastPlannedAt : plannedAt;
    return true;
  }

  private zoneOf({ schedule }: FollowedSchedule): string {
    return schedule.timeZone ?? this.settings.timerTimeZone;
  }

  private invocationOf(followed: FollowedSchedule, nextAt: Date, isPastDue: boolean): NewInvocation {
    const { schedule, lastPlannedAt } = followed;
    const run: TimerRun = { nextAt, isPastDue, isMonitored: isMonitored(followed), lastPlannedAt };
    return {
      id: newId(),
      appId: schedule.appId,
      appVersionId: schedule.appVersionId,
      functionName: schedule.functionName,
      trigger: 'timer',
      input: { kind: 'timer', timer: timerInputOf(run) },
      traceParent: newTraceParent(),
    };
  }

  private roundFailed(error: unknown): number {
    if (!this.isFailing)
      this.logger.warn({ err: error }, 'The timers could not be looked at; trying again each second.');
    this.isFailing = true;
    return ROUND_MS;
  }
}
