import { stopWithoutContactSeconds } from '#shared/domain/capacity/capacity-policy.js';
import { isOffered, type CapacityState } from '#shared/domain/capacity/capacity-state.js';
import {
  CONTINUE,
  KILL,
  PAUSE_FIRST,
  PREEMPT,
  START,
  SUSPEND,
  WANT_VACATE,
  type Situation,
} from './expressions.js';
import { secondsInState } from './view.js';

/** The state that follows from a situation. The states' order is told in prose at `decide`. */
export function nextState(situation: Situation): CapacityState {
  if (situation.readings.work.claimed === 0) return withoutWork(situation);
  switch (situation.status.state) {
    case 'preempting/vacating':
      return KILL(situation) ? 'preempting/killing' : 'preempting/vacating';
    case 'preempting/killing':
      return whileKilling(situation);
    case 'owner/idle':
    case 'drained/idle':
    case 'offline':
      return evicted(situation);
    case 'unhealthy':
      return situation.status.quarantined ? 'unhealthy' : evicted(situation);
    default:
      return withWork(situation);
  }
}

/** A machine without work is offered, or it rests where its situation puts it. */
function withoutWork(situation: Situation): CapacityState {
  const resting = restingState(situation);
  if (resting !== 'owner/idle') return resting;
  const { state } = situation.status;
  // From anywhere else, the way back leads through `owner/idle`: its hysteresis holds for all of them.
  return (state === 'owner/idle' || isOffered(state)) && START(situation) ? 'unclaimed/idle' : 'owner/idle';
}

function restingState({ status, readings, policy }: Situation): CapacityState {
  if (status.quarantined || readings.engine !== 'healthy') return 'unhealthy';
  if (readings.contactLostSeconds >= stopWithoutContactSeconds(policy)) return 'offline';
  return readings.drain ? 'drained/idle' : 'owner/idle';
}

function withWork(situation: Situation): CapacityState {
  const suspended = situation.status.state === 'claimed/suspended';
  if (!suspended && SUSPEND(situation) && (PAUSE_FIRST(situation) || !PREEMPT(situation)))
    return 'claimed/suspended';
  if (PREEMPT(situation)) return evicted(situation);
  if (situation.readings.drain) return suspended ? evicted(situation) : 'drained/retiring';
  if (suspended && !CONTINUE(situation)) return 'claimed/suspended';
  if (!START(situation)) return 'claimed/retiring';
  // What is only now to go on still reads as paused.
  return suspended || situation.readings.work.running > 0 ? 'claimed/busy' : 'claimed/idle';
}

function evicted(situation: Situation): CapacityState {
  return WANT_VACATE(situation) ? 'preempting/vacating' : 'preempting/killing';
}

function whileKilling(situation: Situation): CapacityState {
  return secondsInState(situation) >= situation.policy.maxKillSeconds ? 'unhealthy' : 'preempting/killing';
}
