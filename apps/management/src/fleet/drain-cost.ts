import type { Machine } from '#shared/domain/machine.js';

/** What a machine would lose if its work were given back. */
export interface DrainCost {
  /** Pieces of work (calls, promises, chunks) under way. */
  readonly workUnderWay: number;
  /** Seconds that they have taken so far: the badput, at most. What a chunk has committed is not lost. */
  readonly badputSeconds: number;
}

/**
 * As of the machine's last heartbeat, and as if all of it had gone on since. Work that a machine has which is away is lost
 * already, and costs nothing more.
 */
export function drainCost(machine: Machine, now: Date): DrainCost {
  if (machine.state === 'offline') return { workUnderWay: 0, badputSeconds: 0 };
  const sinceSeconds = Math.max(0, (now.getTime() - machine.lastSeenAt.getTime()) / 1000);
  const seconds = (machine.busySeconds ?? 0) + machine.slotsBusy * sinceSeconds;
  return { workUnderWay: machine.slotsBusy, badputSeconds: Math.round(seconds) };
}
