/**
 * What a machine does with its spare time, as `state/activity`. The terms are HTCondor's:
 *
 * - `owner/idle`: it belongs to its owner; no work is taken.
 * - `unclaimed/idle`: its time is offered and there is no work on it.
 * - `claimed/idle`: work was taken and does not run yet (its package or container is being made ready).
 * - `claimed/busy`: work runs, and more may be taken.
 * - `claimed/suspended`: work is paused in memory, the processor is its owner's.
 * - `claimed/retiring`: work may end in its own time, and nothing new is taken.
 * - `preempting/vacating`: work has a short time to hand in what it has finished.
 * - `preempting/killing`: that time is over, or was never given: the containers are being killed.
 * - `drained/retiring` and `drained/idle`: an administrator takes the machine out; it ends its work, then has none.
 * - `offline`: management has not heard of it for too long.
 * - `unhealthy`: its engine is down, has not yet run the test function, or its containers could not be killed.
 */
export type CapacityState =
  | 'owner/idle'
  | 'unclaimed/idle'
  | 'claimed/idle'
  | 'claimed/busy'
  | 'claimed/suspended'
  | 'claimed/retiring'
  | 'preempting/vacating'
  | 'preempting/killing'
  | 'drained/retiring'
  | 'drained/idle'
  | 'offline'
  | 'unhealthy';

/** Whether new work may be taken in this state. */
export function isOffered(state: CapacityState): boolean {
  return state === 'unclaimed/idle' || state === 'claimed/idle' || state === 'claimed/busy';
}

/** Whether work may use the processor in this state (for `vacating`: until its time is over). */
export function mayCompute(state: CapacityState): boolean {
  return isOffered(state) || state === 'claimed/retiring' || state === 'drained/retiring';
}
