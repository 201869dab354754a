import type { CapacityState } from './capacity-state.js';

/**
 * Whose a machine's time is: work's (`allocated`), anybody's (`idle`: offered, and there is no work), its owner's, or nobody's
 * (`down`: away, unhealthy or taken out). Work's and anybody's together are what is offered.
 */
export type TimeUse = 'allocated' | 'idle' | 'owner' | 'down';

const USE_OF: Readonly<Record<CapacityState, TimeUse>> = {
  'claimed/idle': 'allocated',
  'claimed/busy': 'allocated',
  'claimed/retiring': 'allocated',
  'drained/retiring': 'allocated',
  'unclaimed/idle': 'idle',
  'owner/idle': 'owner',
  'claimed/suspended': 'owner',
  'preempting/vacating': 'owner',
  'preempting/killing': 'owner',
  'drained/idle': 'down',
  offline: 'down',
  unhealthy: 'down',
};

export function useOf(state: CapacityState): TimeUse {
  return USE_OF[state];
}

/** The states in which a machine's time is so used. */
export function statesOf(use: TimeUse): CapacityState[] {
  return (Object.keys(USE_OF) as CapacityState[]).filter((state) => USE_OF[state] === use);
}
