import type { ChunkJob } from '#shared/contracts/jobs.js';

export interface CallShape {
  /** Items that a call has; 1 but for triggers with `cardinality: many`. */
  readonly itemsPerCall: number;
  /** Calls of the chunk that run at once. */
  readonly callsAtOnce: number;
}

/** A group begins as one: with a rate it has no more items than may begin in this time. */
const GROUP_SECONDS = 1;

/** How a chunk's items are put into calls, so that never more items of it run at once than its run's limits allow. */
export function callShape(
  job: Pick<ChunkJob, 'itemsAtOnce' | 'itemsPerSecond'>,
  isGrouped: boolean,
  settings: { readonly itemsInFlight: number; readonly groupSize: number },
): CallShape {
  const { itemsAtOnce = Infinity, itemsPerSecond = Infinity } = job;
  const ofRate = Math.max(1, Math.floor(itemsPerSecond * GROUP_SECONDS));
  const itemsPerCall = isGrouped ? Math.min(settings.groupSize, itemsAtOnce, ofRate) : 1;
  return {
    itemsPerCall,
    callsAtOnce: Math.min(settings.itemsInFlight, Math.max(1, Math.floor(itemsAtOnce / itemsPerCall))),
  };
}
