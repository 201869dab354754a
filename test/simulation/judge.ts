import type { CapacityPolicy } from '#shared/domain/capacity/capacity-policy.js';
import { isNightOrWeekend } from './local-time.js';
import type { MachinePlan } from './machine-plan.js';

/** What an owner may not meet with: work that is still there, or that begins, although the machine is needed. */
export type Violation = `${Need | 'hours'}:${'kept' | 'started'}` | 'input:started';

/** What a machine may be needed for. */
export type Need = 'present' | 'remote' | 'unplugged' | 'exclusive' | 'load' | 'snooze';

const NEEDS: readonly Need[] = ['present', 'remote', 'unplugged', 'exclusive', 'load', 'snooze'];
/** Needs that a policy which goes on beside its owner does not look at. */
const OWNER_NEEDS: readonly Need[] = ['present', 'remote', 'load'];

/** How old a sensor's reading may be: work that begins meanwhile could not know. */
export const SENSING_MS = 2000;
/** What an owner is promised: the processor is free after this time. */
const SUSPEND_BOUND_MS = 5000;
const VACATE_BOUND_MS = 60_000;
/** For a kill to take hold. */
const KILL_TAKES_MS = 5000;

/**
 * Watches one machine for its owner. It knows the truth and the promises, and nothing of how they are kept: its bounds are
 * written down here a second time on purpose.
 */
export class Judge {
  /** When a need began; +Infinity: there is none. */
  private readonly since = new Map<Need, number>(NEEDS.map((need) => [need, Infinity]));
  private computing = false;

  constructor(
    private readonly plan: MachinePlan,
    private readonly report: (violation: Violation) => void,
  ) {}

  needBegins(need: Need, atMs: number): void {
    if (this.since.get(need) !== Infinity || !this.counts(need)) return;
    const graceMs = need === 'load' ? this.plan.policy.cpuBusySeconds * 1000 : 0;
    this.since.set(need, atMs + graceMs);
  }

  needEnds(need: Need, atMs: number): void {
    if (this.computing) this.checkKept(need, atMs);
    this.since.set(need, Infinity);
  }

  /** @param inputAgeSeconds the true one @param isNew whether a machine that was not in use takes work */
  computingStarts(atMs: number, inputAgeSeconds: number, isNew: boolean): void {
    this.computing = true;
    for (const need of NEEDS)
      if ((this.since.get(need) as number) < atMs - SENSING_MS) this.report(`${need}:started`);
    const { policy } = this.plan;
    const enough = isNew ? policy.startIdleSeconds : policy.continueIdleSeconds;
    const tooEarly = inputAgeSeconds < enough - SENSING_MS / 1000 && this.since.get('present') === Infinity;
    if (policy.whenOwnerActive !== 'continue' && tooEarly) this.report('input:started');
    // New work keeps half an hour off the end; what goes on after a pause, ten minutes.
    const aheadMs = (isNew ? policy.stopStartingBeforeEndSeconds : policy.evictBeforeEndSeconds) * 1000;
    if (!this.isOpen(atMs) || !this.isOpen(atMs + aheadMs - SENSING_MS)) this.report('hours:started');
  }

  computingStops(atMs: number): void {
    if (!this.computing) return;
    for (const need of NEEDS) this.checkKept(need, atMs);
    if (!this.isOpen(atMs - 1)) this.report('hours:kept');
    this.computing = false;
  }

  private checkKept(need: Need, atMs: number): void {
    if (atMs > (this.since.get(need) as number) + boundMs(this.plan.policy, need))
      this.report(`${need}:kept`);
  }

  private counts(need: Need): boolean {
    return this.plan.policy.whenOwnerActive !== 'continue' || !OWNER_NEEDS.includes(need);
  }

  private isOpen(atMs: number): boolean {
    return !this.plan.hasHours || isNightOrWeekend(this.plan.localTime.minuteOfWeek(atMs));
  }
}

function boundMs(policy: CapacityPolicy, need: Need): number {
  switch (policy.whenOwnerActive) {
    case 'continue':
      return (policy.maxVacateSeconds + policy.maxKillSeconds) * 1000 + KILL_TAKES_MS;
    case 'suspend':
      // A snooze sends work away: there is nothing to come back to soon.
      return need === 'snooze' ? VACATE_BOUND_MS : SUSPEND_BOUND_MS;
    case 'vacate':
      return VACATE_BOUND_MS;
  }
}
