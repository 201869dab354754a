import type { Machine } from '#shared/domain/machine.js';
import { LONGEST_SPAN_SECONDS } from '#shared/domain/machine-time.js';
import type { Fleet } from './offered-places.js';

export interface PoolFleet extends Fleet {
  readonly placesPerMachine: number;
  readonly machinesReady: number;
}

/** What machines bring to a run. @param placesPerSlot items that a slot runs at once */
export function fleetOf(machines: readonly Machine[], nowMs: number, placesPerSlot: number): PoolFleet {
  const known = machines.filter(
    ({ state, lastSeenAt }) =>
      state !== 'revoked' && nowMs - lastSeenAt.getTime() < LONGEST_SPAN_SECONDS * 1000,
  );
  const ready = known.filter(({ state }) => state === 'ready');
  const altogether = slotsOf(known) * placesPerSlot;
  return {
    placesAltogether: altogether,
    placesReady: slotsOf(ready) * placesPerSlot,
    // Where no machine is known yet, one more has one slot at least.
    placesPerMachine: known.length > 0 ? altogether / known.length : placesPerSlot,
    machinesReady: ready.length,
  };
}

function slotsOf(machines: readonly Machine[]): number {
  return machines.reduce((sum, { slots }) => sum + slots, 0);
}
