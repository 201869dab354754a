/** What is known when the next chunk of a run is sized. */
export interface ChunkSizeFacts {
  /** Mean duration of an item of this function, milliseconds, in the way that workers measure it; null without history. */
  readonly meanItemMs: number | null;
  /** Items that no chunk covers yet, about: at least 1. */
  readonly itemsLeft: number;
  /** Machines that take work now. */
  readonly machinesReady: number;
  /** Items of the chunk that may run at once; undefined: as many as a worker runs. */
  readonly itemsAtOnce?: number | undefined;
  /** Items of the chunk that may begin in a second; undefined: as many as can. */
  readonly itemsPerSecond?: number | undefined;
  /** Until the run's window ends; undefined: it has none. */
  readonly windowLeftSeconds?: number | undefined;
}

export interface ChunkSizeLimits {
  readonly chunkTargetSeconds: number;
  readonly itemConcurrency: number;
  readonly firstChunkItems: number;
  readonly maxChunkItems: number;
}

/**
 * Below this, what a chunk costs by itself (a job, a claim, a read of the input) would be felt: so many items, and less work than takes
 * this long.
 */
const LEAST_ITEMS_WORTH_SPLITTING = 200;
const LEAST_SECONDS_WORTH_SPLITTING = 1;

/** Chunks that a machine should still have before it when a run nears its end, so that the last ones end together. */
const CHUNKS_PER_MACHINE_AT_THE_END = 2;

/** So many chunks one after the other are to fit what is left of a window: what is begun too late is sent back in part. */
const CHUNKS_TILL_WINDOW_ENDS = 4;

/** How many items the next chunk should have: at least 1. */
export function chunkItems(facts: ChunkSizeFacts, limits: ChunkSizeLimits): number {
  const least = Math.min(
    LEAST_ITEMS_WORTH_SPLITTING,
    itemsIn(LEAST_SECONDS_WORTH_SPLITTING, facts, limits) ?? Infinity,
  );
  const machines = Math.max(1, facts.machinesReady);
  const share = Math.ceil(facts.itemsLeft / (machines * CHUNKS_PER_MACHINE_AT_THE_END));
  return Math.max(1, Math.min(byTime(facts, limits), Math.max(share, least), limits.maxChunkItems));
}

function byTime(facts: ChunkSizeFacts, limits: ChunkSizeLimits): number {
  const { meanItemMs, itemsPerSecond, windowLeftSeconds = Infinity } = facts;
  const seconds = Math.min(
    limits.chunkTargetSeconds,
    Math.max(LEAST_SECONDS_WORTH_SPLITTING, windowLeftSeconds / CHUNKS_TILL_WINDOW_ENDS),
  );
  const byRate = itemsPerSecond === undefined ? Infinity : seconds * itemsPerSecond;
  const byWork = meanItemMs === null ? limits.firstChunkItems : (itemsIn(seconds, facts, limits) ?? Infinity);
  return Math.floor(Math.min(byRate, byWork));
}

/** As many items as are done in so many seconds; null while nobody knows. */
function itemsIn(seconds: number, facts: ChunkSizeFacts, limits: ChunkSizeLimits): number | null {
  if (facts.meanItemMs === null) return null;
  const itemsAtOnce = Math.max(1, Math.min(limits.itemConcurrency, facts.itemsAtOnce ?? Infinity));
  // A function that takes no measurable time is bounded by the largest chunk, not by a division by zero.
  const measurableMs = Math.max(facts.meanItemMs, 0.001);
  return Math.floor((seconds * 1000 * itemsAtOnce) / measurableMs);
}
