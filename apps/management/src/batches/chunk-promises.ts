import { Injectable } from '@nestjs/common';
import type { Job } from '#shared/contracts/jobs.js';
import type { BatchRun, ItemOutcome } from '#shared/domain/batch.js';
import { NotFoundError } from '#shared/domain/errors.js';
import type { Failure } from '#shared/domain/invocation.js';
import type { Lane } from '#shared/queue/lane.js';
import { BatchStore } from '#shared/store/batch-store.js';
import type { UnfinishedChunk } from '#shared/store/batch-store.js';
import { BlobStore } from '#shared/store/blob-store.js';
import { Store } from '#shared/store/store.js';
import { DispatchSettings } from '../dispatch/dispatch-settings.js';
import { chunkJob } from '../dispatch/job-making.js';
import { chunkLaneOf } from '../dispatch/lanes.js';
import { Matchmaker } from '../placement/matchmaker.js';
import { ReconciledWork } from '../dispatch/reconciled-work.js';
import type { StaleWork } from '../dispatch/reconciled-work.js';
import { itemLines } from './chunk-scan.js';
import { inputMissing } from './input-missing.js';

type StaleChunk = UnfinishedChunk & StaleWork;

/** Chunks on the queue or with workers, as the reconciler sees them. */
@Injectable()
export class ChunkPromises extends ReconciledWork<StaleChunk> {
  readonly noun = 'chunks';
  constructor(
    private readonly settings: DispatchSettings,
    private readonly store: Store,
    private readonly batches: BatchStore,
    private readonly blobs: BlobStore,
    private readonly matchmaker: Matchmaker,
  ) {
    super();
  }

  laneOf({ run }: StaleChunk): Lane {
    return chunkLaneOf(this.settings, run);
  }

  async listStale(silentForSeconds: number, limit: number): Promise<readonly StaleChunk[]> {
    const chunks = await this.batches.listStaleChunks(silentForSeconds, limit);
    // Of a run whose window ends what is lost simply ends: its items have no outcome and are carried over.
    const isWanted = ({ state }: BatchRun): boolean => state === 'running' || state === 'draining';
    return chunks.map((chunk) => ({ ...chunk, unwanted: !isWanted(chunk.run) }));
  }

  redispatch(chunk: StaleChunk): Promise<boolean> {
    return this.batches.redispatchChunk(chunk.id, chunk.dispatchCount);
  }

  nextJob(chunk: StaleChunk): Job {
    return this.matchmaker.placed(chunkJob(chunk.run, chunk, chunk.dispatchCount + 1));
  }

  async abandon(chunk: StaleChunk): Promise<boolean> {
    const failure: Failure = {
      source: 'platform',
      type: 'ChunkAbandoned',
      message:
        `The chunk of lines ${chunk.firstLine} to ${chunk.firstLine + chunk.lineCount - 1} was put on the queue ` +
        `${chunk.dispatchCount} times (setting maxDispatches: ${this.settings.maxDispatches}) and got lost each time: the ` +
        'machines that took it died, or the queue lost its memory. Look at the machines, then run these items again.',
    };
    return this.batches.abandonChunk(chunk.id, await this.leftItems(chunk, 'failed', failure));
  }

  async cancel(chunk: StaleChunk): Promise<boolean> {
    return this.batches.abandonChunk(chunk.id, await this.leftItems(chunk, 'cancelled'));
  }

  /** An outcome for each item of the chunk that has none. */
  private async leftItems(
    chunk: StaleChunk,
    state: 'failed' | 'cancelled',
    failure?: Failure,
  ): Promise<readonly ItemOutcome[]> {
    const lines = await this.itemLinesOf(chunk);
    const finished = await this.batches.finishedLines(chunk.runId, chunk.firstLine, chunk.lineCount);
    const startedAt = await this.store.now();
    return lines
      .filter((lineNumber) => !finished.has(lineNumber))
      .map((lineNumber) => ({
        lineNumber,
        state,
        attempts: chunk.dispatchCount,
        startedAt,
        durationMs: 0,
        failure,
      }));
  }

  /** Without the input nobody can say which lines are items: then the whole run fails, and says so. */
  private async itemLinesOf(chunk: StaleChunk): Promise<readonly number[]> {
    const { run, byteStart, byteEnd } = chunk;
    try {
      const content = await this.blobs.open(run.inputDigest, { start: byteStart, end: byteEnd });
      return await itemLines(content, chunk.firstLine);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      await this.batches.failRun(run.id, inputMissing(run.inputDigest));
      return [];
    }
  }
}
