import { isOffered } from '#shared/domain/capacity/capacity-state.js';
import { Demand } from './demand.js';
import type { Objection } from './objections.js';
import {
  hasRemoteSession,
  inputAgeSeconds,
  isOwnerActive,
  mindsOwner,
  secondsInState,
  type View,
} from './view.js';

/**
 * The policy's expressions, under the names that HTCondor has for them. Each is pure. What speaks against work, and how
 * strongly, is in `objections.ts`.
 */
export interface Situation extends View {
  readonly objection: Objection;
}

/** A pause that has not taken hold by then won't: the owner must not wait for it. */
export const PAUSE_TAKES_SECONDS = 5;

/** May new work be taken? A machine that has withdrawn stays so for a moment, so that it does not flap. */
export function START(situation: Situation): boolean {
  if (situation.objection.demand !== Demand.nothing) return false;
  return isOffered(situation.status.state) || hasRested(situation);
}

/** Does the owner need the processor? */
export function SUSPEND({ objection }: Situation): boolean {
  return objection.demand >= Demand.yield;
}

/** Is work to be paused when the owner needs the processor, rather than sent away? A machine that is drained has no time for it. */
export function WANT_SUSPEND({ policy, readings }: Situation): boolean {
  return policy.whenOwnerActive === 'suspend' && readings.drain === null;
}

/** May suspended work go on? */
export function CONTINUE(situation: Situation): boolean {
  if (SUSPEND(situation) || !hasRested(situation)) return false;
  if (!mindsOwner(situation)) return true;
  const { policy, status } = situation;
  return (
    inputAgeSeconds(situation) >= policy.continueIdleSeconds &&
    !hasRemoteSession(situation) &&
    status.loadBusySinceMs === null
  );
}

/** Must work leave? */
export function PREEMPT(situation: Situation): boolean {
  const { objection, status } = situation;
  if (status.state === 'claimed/suspended' && suspendedForTooLong(situation)) return true;
  return objection.demand >= Demand.leave || (SUSPEND(situation) && !WANT_SUSPEND(situation));
}

/** Is work that must leave to be paused first? Whoever sits there gets the processor at once, whatever else becomes of the work. */
export function PAUSE_FIRST(situation: Situation): boolean {
  return (
    situation.policy.whenOwnerActive === 'suspend' &&
    isOwnerActive(situation) &&
    situation.objection.demand < Demand.stop
  );
}

/** Does work that must leave get time to hand in what it has finished? */
export function WANT_VACATE({ objection, policy }: Situation): boolean {
  return objection.demand < Demand.stop && policy.maxVacateSeconds > 0;
}

/** Is the time for vacating over? */
export function KILL(situation: Situation): boolean {
  return !WANT_VACATE(situation) || secondsInState(situation) >= situation.policy.maxVacateSeconds;
}

/** Is running work to give its slot to a batch that has had less? Only work that has run long, for a batch much worse off. */
export function RANK({ readings: { work }, policy }: View): boolean {
  const { contention } = work;
  return (
    contention !== null &&
    contention.ranSeconds > policy.fairSharePreemptAfterSeconds &&
    contention.runningUsage > contention.waitingUsage * policy.fairSharePreemptFactor
  );
}

function hasRested(situation: Situation): boolean {
  return secondsInState(situation) > situation.policy.hysteresisSeconds;
}

function suspendedForTooLong(situation: Situation): boolean {
  const seconds = secondsInState(situation);
  if (seconds >= situation.policy.maxSuspendSeconds) return true;
  return situation.readings.work.running > 0 && seconds >= PAUSE_TAKES_SECONDS;
}
