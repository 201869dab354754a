import type { CapacityPolicy } from '#shared/domain/capacity/capacity-policy.js';
import { isOffered, mayCompute } from '#shared/domain/capacity/capacity-state.js';
import type { CapacityClock, Reading, Readings } from '#shared/domain/capacity/readings.js';
import { decide, type CapacityDecision } from '../../../apps/worker/src/capacity/policy/decide.js';
import { initialStatus, type CapacityStatus } from '../../../apps/worker/src/capacity/policy/status.js';
import { NO_WORK } from '../capacity.js';

/** What happens to a machine until it is looked at again. */
export interface Step {
  readonly seconds: number;
  /** `input`: just now. `none`: the last input grows older. */
  readonly input: 'input' | 'none' | 'unknown';
  readonly sensed: Omit<Readings, 'work' | 'inputAgeSeconds'>;
  /** Whether trusted time can be had. */
  readonly knowsTime: boolean;
  readonly takesWork: boolean;
  readonly workEnds: boolean;
  /** Whether pauses and kills take hold. */
  readonly obeys: boolean;
}

/** A look at the machine, and what was decided. */
export interface Observed {
  readonly before: CapacityStatus;
  readonly readings: Readings;
  readonly now: CapacityClock;
  readonly decision: CapacityDecision;
}

/** Leads a machine through steps: does what is decided, with work that comes and goes. */
export function observe(steps: readonly Step[], policy: CapacityPolicy, startUtcMs: number): Observed[] {
  let status = initialStatus({ monotonicMs: 0, utcMs: 'unknown' });
  let monotonicMs = 0;
  let inputAtMs = -1_000_000;
  let work = NO_WORK;
  return steps.map((step) => {
    monotonicMs += Math.round(step.seconds * 1000);
    if (step.input === 'input') inputAtMs = monotonicMs;
    work = worked(work, step, status);
    const inputAgeSeconds: Reading<number> =
      step.input === 'unknown' ? 'unknown' : (monotonicMs - inputAtMs) / 1000;
    const readings: Readings = { ...step.sensed, inputAgeSeconds, work };
    const now: CapacityClock = { monotonicMs, utcMs: step.knowsTime ? startUtcMs + monotonicMs : 'unknown' };
    const before = status;
    const decision = decide(before, readings, policy, now);
    work = obeyed(work, decision, step.obeys);
    status = decision.status;
    return { before, readings, now, decision };
  });
}

type Work = Readings['work'];

function worked(work: Work, step: Step, { state }: CapacityStatus): Work {
  if (step.workEnds && (mayCompute(state) || state === 'preempting/vacating')) return NO_WORK;
  if (!isOffered(state)) return work;
  // What was taken before the last look has its container by now.
  return { ...work, running: work.claimed, claimed: work.claimed + (step.takesWork ? 1 : 0) };
}

function obeyed(work: Work, { actions }: CapacityDecision, obeys: boolean): Work {
  let now = work;
  for (const { kind } of actions) {
    if (kind === 'continue') now = { ...now, running: now.claimed };
    if (kind === 'suspend' && obeys) now = { ...now, running: 0 };
    if (kind === 'kill' && obeys) now = NO_WORK;
  }
  return now;
}
