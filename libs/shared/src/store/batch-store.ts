import type {
  BatchChunk,
  BatchRun,
  ChunkCursor,
  ChunkProgress,
  InputState,
  ItemOutcome,
  ItemState,
  ItemTrigger,
  RunCause,
  RunProgress,
  RunState,
  StoredItem,
  WaitReason,
} from '../domain/batch.js';
import type { RunSettings } from '../domain/batch-definition.js';
import type { Failure } from '../domain/invocation.js';
import type { Page, PageRequest } from './page.js';

export interface NewBatchRun {
  readonly id: string;
  /** The batch of this name in this app is made if there is none. */
  readonly name: string;
  readonly appId: string;
  readonly appVersionId: string;
  readonly functionName: string;
  readonly inputDigest: string;
  readonly inputSizeBytes: number;
  readonly itemsTotal: number;
  /** As of an invocation: the same key for the same app is the same run. */
  readonly idempotencyKey?: string | undefined;
  /** `waiting` unless said otherwise. */
  readonly state?: 'scheduled' | 'waiting' | undefined;
  /** `ready` unless said otherwise; with `wanted` there is no input yet: an empty digest, no bytes and no items. */
  readonly inputState?: InputState | undefined;
  /** `request` unless said otherwise. */
  readonly cause?: RunCause | undefined;
  readonly batchVersion?: number | undefined;
  readonly plannedAt?: Date | undefined;
  readonly businessDate?: string | undefined;
  readonly windowEndsAt?: Date | undefined;
  readonly deadlineAt?: Date | undefined;
  /** 0 unless said otherwise. */
  readonly priority?: number | undefined;
  readonly pool?: string | undefined;
  readonly parentRunId?: string | undefined;
  readonly settings?: RunSettings | undefined;
  readonly waitReason?: WaitReason | undefined;
  readonly notBefore?: Date | undefined;
  /** `message` unless said otherwise. */
  readonly itemTrigger?: ItemTrigger | undefined;
}

/** Which runs a list is of; what is absent lets all through. */
export interface RunFilter {
  readonly appId?: string | undefined;
  readonly batchId?: string | undefined;
  readonly state?: RunState | undefined;
  readonly cause?: RunCause | undefined;
  readonly parentRunId?: string | undefined;
  /** Asked for at this time or later. */
  readonly from?: Date | undefined;
  /** Asked for before. */
  readonly until?: Date | undefined;
}

export interface NewBatchChunk extends Pick<
  BatchChunk,
  'id' | 'byteStart' | 'byteEnd' | 'firstLine' | 'lineCount' | 'itemCount' | 'itemsAtOnce' | 'itemsPerSecond'
> {
  /** The limit that its run shares with others. */
  readonly limitKey?: { readonly name: string; readonly limit: number } | undefined;
}

/** What of a run is on queues and with workers. */
export interface OpenWork {
  readonly runId: string;
  readonly chunks: number;
  /** Those of which nothing was heard for ten minutes: they wait for a machine again, or their items are long. */
  readonly silent: number;
  /** Those that no worker has taken in two minutes. */
  readonly untaken: number;
  /** What its chunks may use of its limits, together. */
  readonly itemsAtOnce: number;
  readonly itemsPerSecond: number;
}

export interface ItemPageRequest {
  readonly limit: number;
  /** The line number of the last row of the page before. */
  readonly afterLine?: number | undefined;
}

export interface ItemFilter {
  readonly state?: ItemState | undefined;
  /** The fingerprint of a failure group. */
  readonly group?: string | undefined;
  /** Up to this line, with it. */
  readonly toLine?: number | undefined;
}

/** A chunk that waits or runs, with what a job needs. */
export interface UnfinishedChunk extends BatchChunk {
  readonly run: BatchRun;
}

/** Batches, their runs, chunks and items. */
export abstract class BatchStore {
  /** Writes a run; `isNew` is false when the idempotency key was seen before, and the run is then the earlier one. */
  abstract createRun(run: NewBatchRun): Promise<{ readonly run: BatchRun; readonly isNew: boolean }>;
  abstract findRun(id: string): Promise<BatchRun | null>;
  /** Newest first. */
  abstract listRuns(page: PageRequest, filter?: RunFilter): Promise<Page<BatchRun>>;
  /** Those that have not ended, the oldest first. */
  abstract listOpenRuns(): Promise<readonly BatchRun[]>;
  abstract progress(runId: string): Promise<RunProgress>;
  /**
   * Writes the run's next chunk and moves its cursor, in one transaction, if the cursor still stands where the caller saw it;
   * false when another instance was first or the run is no longer `waiting` or `running`, or when the chunks under its limit's key,
   * with this one, could run more items at once than that allows. A `waiting` run becomes `running`, and has no reason to wait any more.
   */
  abstract openChunk(
    runId: string,
    expected: ChunkCursor,
    chunk: NewBatchChunk,
    next: ChunkCursor,
  ): Promise<boolean>;
  /** Chunks of this run that are on a queue or with a worker. */
  abstract countOpenChunks(runId: string): Promise<number>;
  /** The same of all runs that have some. Read after a run, it has all that were opened before that run's cursor came to where it is. */
  abstract listOpenWork(): Promise<readonly OpenWork[]>;
  /** The ids of this run's chunks that are on a queue or with a worker. */
  abstract openChunkIds(runId: string): Promise<readonly string[]>;
  /** Says why a run waits, or that nothing holds it up any more. Of a run that has ended it changes nothing. */
  abstract noteWaiting(runId: string, reason: WaitReason | null): Promise<void>;
  /**
   * Says that an attempt begins; false when a newer one has begun, the chunk is at its end or the run is cancelled.
   * A chunk of a run that is being cancelled ends here: the attempt before was lost, and no other begins.
   */
  abstract claimChunk(chunkId: string, fence: number, machineId: string): Promise<boolean>;
  /** The lines of this range that have an outcome already. */
  abstract finishedLines(runId: string, firstLine: number, lineCount: number): Promise<ReadonlySet<number>>;
  /**
   * Commits items and chunks together in one transaction: each item once, none of a chunk whose claim is by a newer attempt.
   * Returns the ids of the chunks that were refused.
   */
  abstract recordProgress(
    progress: readonly ChunkProgress[],
  ): Promise<{ readonly refusedChunkIds: readonly string[] }>;
  /** Chunks that are queued and whose last dispatch, claim or progress is older than this, the oldest first. */
  abstract listStaleChunks(silentForSeconds: number, limit: number): Promise<readonly UnfinishedChunk[]>;
  /** Counts one more dispatch; false when another instance did it first or the chunk has ended. With a run that is being cancelled it ends here. */
  abstract redispatchChunk(chunkId: string, expectedDispatchCount: number): Promise<boolean>;
  /** Ends a chunk that could not be run: its items without an outcome fail with this failure (`items` are those). */
  abstract abandonChunk(chunkId: string, items: readonly ItemOutcome[]): Promise<boolean>;
  /**
   * Ends the run if it is due: its input ready, all chunks made and none open → `succeeded` or `completedWithFailures`; `cancelling` and no chunk
   * open → `cancelled`. Returns the run as it then is.
   */
  abstract endRunIfDue(runId: string): Promise<BatchRun>;
  /** `waiting`/`running` → `cancelling`; queued chunks that no worker has claimed are cancelled at once. False when it had ended. */
  abstract cancelRun(runId: string): Promise<boolean>;
  /** `waiting`/`running`/`draining` → `cancelling` with a failure, as which it then ends. False in any other state. */
  abstract stopRun(runId: string, failure: Failure): Promise<boolean>;
  /** As `cancelRun`, and workers are told to end what runs of it: items under way are recorded as `cancelled`. False when it had ended. */
  abstract terminateRun(runId: string): Promise<boolean>;
  /** Which of these runs are being terminated, or were. */
  abstract terminatedRuns(runIds: readonly string[]): Promise<readonly string[]>;
  /** Ends a run that can't go on (its input is gone, for example). Its open chunks are cancelled: what is recorded of them later is refused. */
  abstract failRun(runId: string, failure: Failure): Promise<boolean>;
  /** By line number. */
  abstract listItems(
    runId: string,
    filter: ItemFilter,
    page: ItemPageRequest,
  ): Promise<{ readonly rows: readonly StoredItem[]; readonly nextLine?: number | undefined }>;
  /** One item; null while it has no outcome. */
  abstract findItem(runId: string, lineNumber: number): Promise<StoredItem | null>;
  /** The chunk that this line lies in; null when there is none (yet). */
  abstract chunkOf(runId: string, lineNumber: number): Promise<BatchChunk | null>;
  /** The run of this batch that was made last of those that have ended and go over no other one's items again; null when there is none. */
  abstract newestEndedRun(appId: string, batchName: string): Promise<BatchRun | null>;
  /** Mean duration of an item of this function, milliseconds, over its newest chunks; null without history. */
  abstract meanItemDurationMs(appId: string, functionName: string): Promise<number | null>;
}
