/** What is known when the next chunk of a run is sized. */
export interface ChunkSizeFacts {
  /** Mean duration of an item of this function, milliseconds, in the way that workers measure it; null without history. */
  readonly meanItemMs: number | null;
  /** Items that no chunk covers yet, about: at least 1. */
  readonly itemsLeft: number;
  /** Machines that take work now. */
  readonly machinesReady: number;
}

export interface ChunkSizeLimits {
  readonly chunkTargetSeconds: number;
  readonly itemConcurrency: number;
  readonly firstChunkItems: number;
  readonly maxChunkItems: number;
}

/** Below this, what a chunk costs by itself (a job, a claim, a read of the input) would be felt. */
const LEAST_ITEMS_WORTH_SPLITTING = 200;

/** Chunks that a machine should still have before it when a run nears its end, so that the last ones end together. */
const CHUNKS_PER_MACHINE_AT_THE_END = 2;

/** How many items the next chunk should have: at least 1. */
export function chunkItems(facts: ChunkSizeFacts, limits: ChunkSizeLimits): number {
  const byTime = facts.meanItemMs === null ? limits.firstChunkItems : itemsInTarget(facts.meanItemMs, limits);
  const machines = Math.max(1, facts.machinesReady);
  const share = Math.ceil(facts.itemsLeft / (machines * CHUNKS_PER_MACHINE_AT_THE_END));
  const bySharing = Math.max(share, LEAST_ITEMS_WORTH_SPLITTING);
  return Math.max(1, Math.min(byTime, bySharing, limits.maxChunkItems));
}

function itemsInTarget(meanItemMs: number, limits: ChunkSizeLimits): number {
  const itemsAtOnce = Math.max(1, limits.itemConcurrency);
  // A function that takes no measurable time is bounded by the largest chunk, not by a division by zero.
  const measurableMs = Math.max(meanItemMs, 0.001);
  return Math.floor((limits.chunkTargetSeconds * 1000 * itemsAtOnce) / measurableMs);
}
