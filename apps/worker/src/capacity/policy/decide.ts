import type { CapacityPolicy } from '#shared/domain/capacity/capacity-policy.js';
import type { CapacityReason } from '#shared/domain/capacity/capacity-reason.js';
import type { CapacityState } from '#shared/domain/capacity/capacity-state.js';
import type { CapacityClock, Readings } from '#shared/domain/capacity/readings.js';
import { actionsOf, type CapacityAction } from './actions.js';
import type { Situation } from './expressions.js';
import { strongestObjection } from './objections.js';
import { followLoad, type CapacityStatus } from './status.js';
import { nextState } from './transition.js';

/** What follows from a look at the machine. */
export interface CapacityDecision {
  /** To be given to the next decision. */
  readonly status: CapacityStatus;
  readonly actions: readonly CapacityAction[];
  /** The same as the status's. */
  readonly reason: CapacityReason | null;
}

/**
 * Decides what a machine does with its spare time. Pure: it reads no clock, and the same look gives the same decision.
 *
 * A worker starts `unhealthy`. Once its engine has passed the test function the machine is its owner's (`owner/idle`), and
 * as soon as START holds it is offered (`unclaimed/idle`). Taken work makes it `claimed/idle`, running work `claimed/busy`,
 * its end `unclaimed/idle` again; where START no longer holds, work ends in `claimed/retiring` with nothing taken beside it.
 *
 * When the owner needs the processor (SUSPEND), work is paused (`claimed/suspended`) where the policy wants that
 * (WANT_SUSPEND) and goes on when CONTINUE holds. Else, or when something demands more than the processor, or when it was
 * paused for too long, it must leave (PREEMPT): `preempting/vacating` where it gets time to hand in (WANT_VACATE), until that
 * is over (KILL), then `preempting/killing`. Containers that outlive the killing quarantine the machine: `unhealthy`, until
 * they are gone and the engine passes its test function again.
 *
 * An administrator's drain turns work into `drained/retiring` and, at its deadline, sends it away; without work the machine
 * is `drained/idle` until the order is lifted. A machine that can't reach management ends its work before management gives
 * it to another, and is `offline`. From each of these, the way back to work leads through `owner/idle` and its START.
 *
 * RANK changes no state: it sends back one piece of work, so that another batch gets its slot.
 *
 * @param status what the last decision gave; `initialStatus` before the first
 */
export function decide(
  status: CapacityStatus,
  readings: Readings,
  policy: CapacityPolicy,
  now: CapacityClock,
): CapacityDecision {
  const situation = situationOf(status, readings, policy, now);
  const state = nextState(situation);
  const entered = state !== status.state;
  const reason = reasonOf(state, entered, situation);
  const next: CapacityStatus = {
    ...situation.status,
    state,
    sinceMs: entered ? now.monotonicMs : status.sinceMs,
    reason,
    quarantined: situation.status.quarantined || isQuarantine(status.state, state, readings),
  };
  return { status: next, actions: actionsOf(status.state, state, situation), reason };
}

/** The look at a machine as its expressions see it: what is remembered is brought up to date first. */
export function situationOf(
  status: CapacityStatus,
  readings: Readings,
  policy: CapacityPolicy,
  now: CapacityClock,
): Situation {
  const current: CapacityStatus = {
    ...status,
    loadBusySinceMs: followLoad(status.loadBusySinceMs, readings.foreignCpuPercent, policy, now.monotonicMs),
    quarantined: status.quarantined && !(readings.work.claimed === 0 && readings.engine === 'healthy'),
  };
  const view = { status: current, readings, policy, now };
  return { ...view, objection: strongestObjection(view) };
}

function isQuarantine(from: CapacityState, to: CapacityState, readings: Readings): boolean {
  return from === 'preempting/killing' && to === 'unhealthy' && readings.work.claimed > 0;
}

/** Why a machine is where it is. Work that is leaving keeps the reason that it leaves for. */
function reasonOf(state: CapacityState, entered: boolean, situation: Situation): CapacityReason | null {
  const { status, readings, objection } = situation;
  if (state === 'unclaimed/idle') return readings.work.refused;
  if (state === 'claimed/idle' || state === 'claimed/busy') return null;
  if (isQuarantine(status.state, state, readings)) return 'QUARANTINED';
  if (state.startsWith('preempting/') && (!entered || status.state.startsWith('preempting/')))
    return status.reason;
  // Without an objection, the machine only rests after the last one.
  return objection.reason ?? status.reason;
}
