import { isOffered, type CapacityState } from '#shared/domain/capacity/capacity-state.js';
import { RANK, type Situation } from './expressions.js';

/** What the worker has to do now. All may be told twice: what a reading shows not to have taken hold is told again. */
export type CapacityAction =
  | { readonly kind: 'openIntake' }
  | { readonly kind: 'closeIntake' }
  /** Pause what runs. */
  | { readonly kind: 'suspend' }
  /** Let what is paused go on. */
  | { readonly kind: 'continue' }
  /** Hand in what is finished and send back the rest; calls under way may end within `graceSeconds`. */
  | { readonly kind: 'vacate'; readonly graceSeconds: number }
  /** End the containers at once. */
  | { readonly kind: 'kill' }
  /** Containers could not be killed: tell management, and look at nothing but whether they are gone. */
  | { readonly kind: 'quarantine' }
  /** Send back one piece of work for a batch that has had less; the machine stays in use. */
  | { readonly kind: 'evictWork'; readonly workId: string; readonly reason: 'FAIR_SHARE' };

/** What leads from one state to another, or keeps a state true. */
export function actionsOf(from: CapacityState, to: CapacityState, situation: Situation): CapacityAction[] {
  const actions = intakeActions(from, to);
  if (from === 'claimed/suspended' && goesOn(to)) actions.push({ kind: 'continue' });
  const work = workAction(from, to, situation);
  if (work) actions.push(work);
  return actions;
}

function intakeActions(from: CapacityState, to: CapacityState): CapacityAction[] {
  if (isOffered(from) === isOffered(to)) return [];
  return [{ kind: isOffered(to) ? 'openIntake' : 'closeIntake' }];
}

function goesOn(to: CapacityState): boolean {
  return to.startsWith('claimed/') && to !== 'claimed/suspended';
}

function workAction(from: CapacityState, to: CapacityState, situation: Situation): CapacityAction | null {
  const { work } = situation.readings;
  switch (to) {
    case 'claimed/suspended':
      return from !== to || work.running > 0 ? { kind: 'suspend' } : null;
    case 'preempting/vacating':
      return from === to ? null : { kind: 'vacate', graceSeconds: graceSeconds(from, situation) };
    case 'preempting/killing':
      return { kind: 'kill' };
    case 'unhealthy':
      if (from === 'preempting/killing' && work.claimed > 0) return { kind: 'quarantine' };
      return work.claimed > 0 ? { kind: 'kill' } : null;
    case 'claimed/busy': {
      const evict = work.contention && RANK(situation) ? work.contention.workId : null;
      return evict === null ? null : { kind: 'evictWork', workId: evict, reason: 'FAIR_SHARE' };
    }
    default:
      return null;
  }
}

/** What is paused gets no time: to end its calls it would need the processor that it was paused for. */
function graceSeconds(from: CapacityState, { policy }: Situation): number {
  return from === 'claimed/suspended' ? 0 : policy.maxVacateSeconds;
}
