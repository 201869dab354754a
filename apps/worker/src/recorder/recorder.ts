import type { ChunkProgress } from '#shared/domain/batch.js';
import type { InvocationOutcome } from '#shared/domain/invocation.js';
import type { BatchStore } from '#shared/store/batch-store.js';
import type { InvocationStore } from '#shared/store/invocation-store.js';
import { outcomeInTime, progressInTime } from './database-time.js';
import { MicroBatch, type MicroBatchEvents } from './micro-batch.js';

/** `refused`: a newer attempt or an earlier end was there first; the work is somebody else's, and over for us. */
export type Recorded = 'committed' | 'refused';

/** Thrown to nobody but the log: the machine has no lease now, and outcomes are held until it has one again. */
export class LeaseEndedError extends Error {
  constructor() {
    super("The machine's lease has ended: nothing is committed before it is renewed.");
    this.name = 'LeaseEndedError';
  }
}

/** Commits outcomes to SQL, many per transaction; a promise resolves once its own is committed, however long SQL is away. */
export class Recorder {
  readonly #outcomes: MicroBatch<InvocationOutcome, Recorded>;
  readonly #progress: MicroBatch<ChunkProgress, Recorded>;

  /**
   * @param mayCommit whether the machine holds its lease. Without it others may have begun the work: what they have is refused by
   * its fence, but a machine that was asleep must not race them for it.
   * @param clockErrorMs how much this machine's clock is ahead of the database's now; 0 where that is too little to matter
   */
  constructor(
    invocations: InvocationStore,
    batches: BatchStore,
    private readonly clockErrorMs: () => number,
    private readonly mayCommit: () => boolean,
    events: MicroBatchEvents,
  ) {
    this.#outcomes = new MicroBatch(async (outcomes) => {
      this.#needLease();
      const refused = new Set((await invocations.recordOutcomes(outcomes)).refusedIds);
      return outcomes.map(({ id }) => (refused.has(id) ? 'refused' : 'committed'));
    }, events);
    this.#progress = new MicroBatch(async (progress) => {
      this.#needLease();
      const refused = new Set((await batches.recordProgress(progress)).refusedChunkIds);
      return progress.map(({ chunkId }) => (refused.has(chunkId) ? 'refused' : 'committed'));
    }, events);
  }

  record(outcome: InvocationOutcome): Promise<Recorded> {
    return this.#outcomes.add(outcomeInTime(outcome, this.clockErrorMs()));
  }

  recordProgress(progress: ChunkProgress): Promise<Recorded> {
    return this.#progress.add(progressInTime(progress, this.clockErrorMs()));
  }

  /** Seconds since SQL last took something while something waited for it; 0 when all is well. */
  get stuckSeconds(): number {
    return Math.max(this.#outcomes.stuckSeconds, this.#progress.stuckSeconds);
  }

  #needLease(): void {
    if (!this.mayCommit()) throw new LeaseEndedError();
  }

  /** Waits until all is committed, for this long at most; then gives up what is left (its jobs were never acknowledged). */
  async close(graceSeconds: number): Promise<void> {
    await Promise.all([this.#outcomes.close(graceSeconds), this.#progress.close(graceSeconds)]);
  }
}
