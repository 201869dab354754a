import type { Machine } from '#shared/domain/machine.js';
import { LONGEST_SPAN_SECONDS } from '#shared/domain/machine-time.js';
import type { Fleet } from './offered-places.js';

export interface PoolFleet extends Fleet {
  readonly placesPerMachine: number;
  readonly machinesReady: number;
}

export interface PlacesOfMachines {
  /** Items that a slot runs at once. */
  readonly placesPerSlot: number;
  /** Chunks that are out at once, at least, however few machines there are. */
  readonly chunksInFlight: number;
}

/** So many chunks are out at once for each machine: a machine with more slots has none for them. */
const CHUNKS_PER_MACHINE = 2;

/** What machines bring to the batches of a pool: places for the chunks that the dispatcher lets be out at once. */
export function fleetOf(
  machines: readonly Machine[],
  nowMs: number,
  { placesPerSlot, chunksInFlight }: PlacesOfMachines,
): PoolFleet {
  const known = machines.filter(
    ({ state, lastSeenAt }) =>
      state !== 'revoked' && nowMs - lastSeenAt.getTime() < LONGEST_SPAN_SECONDS * 1000,
  );
  const ready = known.filter(({ state }) => state === 'ready');
  const placesOf = (some: readonly Machine[]): number =>
    Math.min(slotsOf(some), Math.max(chunksInFlight, CHUNKS_PER_MACHINE * some.length)) * placesPerSlot;
  // Where no machine is known yet, one more has one slot at least.
  const slotsOfOne = known.length > 0 ? slotsOf(known) / known.length : 1;
  return {
    placesAltogether: placesOf(known),
    placesReady: placesOf(ready),
    placesPerMachine: Math.min(slotsOfOne, CHUNKS_PER_MACHINE) * placesPerSlot,
    machinesReady: ready.length,
  };
}

function slotsOf(machines: readonly Machine[]): number {
  return machines.reduce((sum, { slots }) => sum + slots, 0);
}
