import type { WaitReason } from '#shared/domain/batch.js';
import type { Machine } from '#shared/domain/machine.js';
import type { PoolMachine } from '../placement/pool-machines.js';
import { reasonCounts } from './machine-reasons.js';

export interface MachineFacts {
  readonly pool: string;
  /** All of the pool whose key is good. */
  readonly machines: readonly PoolMachine[];
  /** What the requirements say: see `Matchmaker.whyWaiting`. */
  readonly placement: WaitReason | null;
  /** Jobs on the lane that the work lies on; null: the queue does not answer. */
  readonly queue: { readonly waiting: number; readonly active: number } | null;
}

/** Why no machine runs work, what an operator can do the most about first; empty: one could at any moment. */
export function whyMachines({ pool, machines, placement, queue }: MachineFacts): readonly WaitReason[] {
  if (queue === null)
    return [reason('QUEUE_AWAY', 'The queue (Redis) does not answer: nothing can be handed out.')];
  if (machines.length === 0)
    return [reason('NO_MACHINES', `The pool "${pool}" has no machine. Start a worker whose pool it is.`)];
  const able = machines.filter(({ fits }) => fits).map(({ machine }) => machine);
  const ready = able.filter(({ state }) => state === 'ready');
  if (ready.length === 0) return [...(placement ? [placement] : []), ...noneReady(able, pool)];
  return busy(ready, queue);
}

/** The same of a promised invocation: where machines have nothing to say it is about to run, or runs. */
export function whyInvocation(facts: MachineFacts): {
  readonly isHeldUp: boolean;
  readonly reasons: readonly WaitReason[];
} {
  const reasons = whyMachines(facts);
  if (reasons.length > 0) return { isHeldUp: true, reasons };
  const message = 'Nothing holds it up: it is about to run, or runs.';
  return { isHeldUp: false, reasons: [reason('AT_WORK', message)] };
}

function noneReady(able: readonly Machine[], pool: string): readonly WaitReason[] {
  if (able.length === 0) return [];
  const message = `No machine of the pool "${pool}" that may run it takes work now: ${reasonCounts(able)}.`;
  return [reason('NO_MACHINE_READY', message)];
}

function busy(ready: readonly Machine[], queue: { readonly waiting: number }): readonly WaitReason[] {
  const slots = ready.reduce((sum, machine) => sum + machine.slots, 0);
  const taken = ready.reduce((sum, machine) => sum + Math.min(machine.slots, machine.slotsBusy), 0);
  if (taken < slots) return [];
  const message =
    `All ${slots} slots of the ${ready.length} machines that may run it are taken; ` +
    `${queue.waiting} jobs wait in its queue.`;
  return [reason('MACHINES_BUSY', message)];
}

function reason(code: string, message: string): WaitReason {
  return { code, message };
}
