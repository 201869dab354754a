/** What batches need of management's settings; `config.ts` parses them, once, into a frozen object. */
export abstract class BatchSettings {
  /** The largest input file of a run, bytes. */
  abstract readonly maxInputBytes: number;
  /** The most items of a run's input. */
  abstract readonly maxInputItems: number;
  /** A chunk is sized to about this much work: short enough to lose little with a machine, long enough to cost nothing. */
  abstract readonly chunkTargetSeconds: number;
  /** How many items of a chunk a worker is expected to run at once; only for sizing chunks. */
  abstract readonly itemConcurrency: number;
  /** Items in a chunk while nothing is known of how long an item takes. */
  abstract readonly firstChunkItems: number;
  abstract readonly maxChunkItems: number;
  /** A single line may be longer: then it is a chunk of its own. */
  abstract readonly maxChunkBytes: number;
  /**
   * How many chunks of a pool's runs are on the queue or with workers at once, at least; one for each core of its ready machines and
   * one for each machine if that is more.
   */
  abstract readonly chunksInFlight: number;
}
