import { isOffered } from '#shared/domain/capacity/capacity-state.js';
import { hoursAt } from '#shared/domain/capacity/hours-at.js';
import type { CapacityClock, Readings, WorkReading } from '#shared/domain/capacity/readings.js';
import type { CapacityAction } from '../../apps/worker/src/capacity/policy/actions.js';
import type { decide } from '../../apps/worker/src/capacity/policy/decide.js';
import { nextChangeMs } from '../../apps/worker/src/capacity/policy/next-change.js';
import { initialStatus, type CapacityStatus } from '../../apps/worker/src/capacity/policy/status.js';
import type { NightBatches } from './batches.js';
import { Judge, SENSING_MS } from './judge.js';
import type { Ledger } from './ledger.js';
import type { MachinePlan } from './machine-plan.js';
import type { OwnerDays } from './owner-days.js';
import { OwnerHabit } from './owner-habit.js';
import type { Happening } from './owner-day.js';
import type { Random } from './random.js';
import { StretchRun } from './stretch-run.js';
import { Truth } from './truth.js';

/** What machines share. */
export interface Surroundings {
  readonly decide: typeof decide;
  readonly batches: NightBatches;
  readonly ledger: Ledger;
  /** Work came back that another machine may take. */
  readonly workCameBack: () => void;
}

const RETRY_MS = 30 * 60_000;

/**
 * One machine: its owner, its sensors, and a worker that does what the real decisions say. Nothing happens between its
 * moments; `nextMs` is the next of them.
 */
export class SimulatedMachine {
  private readonly truth = new Truth();
  private readonly judge: Judge;
  private readonly habit: OwnerHabit;
  private status: CapacityStatus;
  private run: StretchRun | null = null;
  private refused: WorkReading['refused'] = null;
  private accountedMs = 0;
  private lookMs = 0;
  private retryMs = Infinity;
  /** When a pause takes hold. */
  private pausedMs = Infinity;
  /** When work that leaves is gone. */
  private goneMs = Infinity;

  constructor(
    readonly plan: MachinePlan,
    private readonly days: OwnerDays,
    private readonly random: Random,
    private readonly around: Surroundings,
  ) {
    this.judge = new Judge(plan, (violation) => around.ledger.violate(violation));
    this.habit = new OwnerHabit(plan);
    this.status = initialStatus(this.clock(0));
  }

  get nextMs(): number {
    const ends = this.run?.endsMs ?? Infinity;
    return Math.min(this.days.nextMs, this.lookMs, this.retryMs, this.pausedMs, this.goneMs, ends);
  }

  /** Whether it would take work if there were any. */
  get waitsForWork(): boolean {
    return !this.truth.off && this.run === null && isOffered(this.status.state);
  }

  /** Lets happen what is due. */
  step(nowMs: number): void {
    this.account(nowMs);
    while (this.days.nextMs <= nowMs) this.happen(this.days.take().happening, nowMs);
    if (this.truth.off) return;
    if (this.pausedMs <= nowMs) this.pause(nowMs);
    if (this.run && (this.goneMs <= nowMs || this.run.endsMs <= nowMs)) this.endRun(nowMs);
    if (this.retryMs <= nowMs) this.takeWork(nowMs);
    if (this.lookMs <= nowMs) this.look(nowMs);
  }

  /** Takes work if it is offered and there is some that fits. */
  takeWork(nowMs: number): void {
    this.retryMs = Infinity;
    if (!this.waitsForWork) return;
    const stretch = this.around.batches.take(this.plan.cores, this.timeLeft(nowMs), nowMs);
    this.refused = stretch === 'tooShort' ? 'WINDOW_TOO_SHORT' : null;
    if (stretch === 'tooShort') this.retryMs = nowMs + RETRY_MS;
    if (stretch === null || stretch === 'tooShort') return;
    this.run = new StretchRun(stretch);
    this.compute(nowMs, this.status.state === 'unclaimed/idle');
    this.lookMs = nowMs;
  }

  /** Adds up the time since the last moment. */
  account(nowMs: number): void {
    const coreSeconds = ((nowMs - this.accountedMs) / 1000) * this.plan.cores;
    const { off } = this.truth;
    const isSpare = this.truth.isSpare(this.accountedMs);
    this.around.ledger.spend(
      off ? 'off' : this.status.state,
      coreSeconds,
      isSpare,
      this.around.batches.isOpen,
    );
    this.accountedMs = nowMs;
  }

  /** Ends the simulation: what still computes is judged too. */
  finish(nowMs: number): void {
    this.account(nowMs);
    this.judge.computingStops(nowMs);
  }

  private happen(happening: Happening, nowMs: number): void {
    const wasOff = this.truth.off;
    this.truth.happen(happening, nowMs);
    this.tellJudge(happening, nowMs);
    if (happening.kind === 'present' || happening.kind === 'remote') this.habit.ownerIs(happening.on, nowMs);
    if (this.truth.off !== wasOff) this.power(nowMs);
    else if (!this.truth.off)
      this.lookMs = Math.min(this.lookMs, nowMs + Math.floor(this.random.between(0, SENSING_MS)));
  }

  private tellJudge(happening: Happening, nowMs: number): void {
    if (happening.kind === 'snooze') this.judge.needBegins('snooze', nowMs);
    else if (happening.kind !== 'drain' && happening.kind !== 'off' && happening.kind !== 'blind') {
      if (happening.on) this.judge.needBegins(happening.kind, nowMs);
      else this.judge.needEnds(happening.kind, nowMs);
    }
  }

  /** Off loses what runs; on begins anew, as a worker does. */
  private power(nowMs: number): void {
    if (this.truth.off) {
      if (this.run) this.endRun(nowMs);
      this.lookMs = this.retryMs = this.pausedMs = Infinity;
    } else {
      this.status = initialStatus(this.clock(nowMs));
      this.lookMs = nowMs;
    }
  }

  /** One decision, and what it tells to do. */
  private look(nowMs: number): void {
    const { decide: decideNow, ledger } = this.around;
    if (this.truth.snoozedUntilMs <= nowMs) this.judge.needEnds('snooze', nowMs);
    const readings = this.truth.readingsAt(nowMs, this.work());
    const { status, actions } = decideNow(this.status, readings, this.plan.policy, this.clock(nowMs));
    this.status = status;
    ledger.looks += 1;
    for (const action of actions) this.act(action, nowMs);
    this.lookMs = nextChangeMs(status, this.expected(readings), this.plan.policy, this.clock(nowMs));
    if (this.waitsForWork && this.retryMs === Infinity) this.takeWork(nowMs);
  }

  private act(action: CapacityAction, nowMs: number): void {
    const { ledger } = this.around;
    if (action.kind === 'suspend' && this.pausedMs === Infinity)
      this.pausedMs = nowMs + this.takes(100, 1000);
    if (action.kind === 'continue') this.goOn(nowMs);
    if (action.kind === 'vacate') this.vacate(action.graceSeconds, nowMs);
    if (action.kind === 'kill') this.goneMs = Math.min(this.goneMs, nowMs + this.takes(500, 2500));
    if (action.kind === 'quarantine') ledger.quarantines += 1;
  }

  private goOn(nowMs: number): void {
    this.pausedMs = Infinity;
    if (this.run && !this.run.isComputing) this.compute(nowMs, false);
  }

  private vacate(graceSeconds: number, nowMs: number): void {
    if (!this.run) return;
    this.around.ledger.evictions += 1;
    const waits = this.run.isComputing ? this.run.secondsToItemsEnd(nowMs) : 0;
    // What does not end in time runs on, until it is killed.
    if (waits <= graceSeconds) this.goneMs = nowMs + Math.ceil(waits * 1000);
  }

  private compute(nowMs: number, isNew: boolean): void {
    this.run?.start(nowMs);
    this.judge.computingStarts(nowMs, this.truth.inputAgeSeconds(nowMs), isNew);
  }

  private pause(nowMs: number): void {
    this.pausedMs = Infinity;
    this.run?.pause(nowMs);
    this.judge.computingStops(nowMs);
    this.lookMs = Math.min(this.lookMs, nowMs);
  }

  /** Finished, handed in, killed or lost: what is done is kept, the rest goes back. */
  private endRun(nowMs: number): void {
    const { run } = this;
    if (!run) return;
    const { done, lost } = run.accountAt(nowMs);
    this.judge.computingStops(nowMs);
    this.run = null;
    this.pausedMs = this.goneMs = Infinity;
    this.around.ledger.goodput += done;
    this.around.ledger.badput += lost;
    this.around.batches.giveBack(run.stretch, done, nowMs);
    if (done < run.stretch.coreSeconds) this.around.workCameBack();
    this.takeWork(nowMs);
    this.lookMs = Math.min(this.lookMs, nowMs);
  }

  private work(): WorkReading {
    return {
      claimed: this.run ? 1 : 0,
      running: this.run?.isComputing ? 1 : 0,
      refused: this.refused,
      contention: null,
    };
  }

  private timeLeft(nowMs: number): { hours: number; idle: number } {
    const { policy, localTime } = this.plan;
    const utcMs = localTime.utcMs(nowMs);
    const untilMs =
      hoursAt(policy.hours, policy.timeZone, utcMs).untilUtcMs - policy.evictBeforeEndSeconds * 1000;
    return { hours: (untilMs - utcMs) / 1000, idle: this.habit.expectedIdleSeconds(nowMs) };
  }

  /** Input goes on while somebody is there: its age does not grow until then. */
  private expected(readings: Readings): Readings {
    return this.truth.present ? { ...readings, inputAgeSeconds: 'unknown' } : readings;
  }

  private clock(nowMs: number): CapacityClock {
    return { monotonicMs: nowMs, utcMs: this.plan.localTime.utcMs(nowMs) };
  }

  private takes(leastMs: number, mostMs: number): number {
    return Math.floor(this.random.between(leastMs, mostMs));
  }
}
