import type { Failure, LogLine } from './invocation.js';
import type { JsonValue } from './json.js';

/**
 * A batch run's life:
 * `waiting` (nothing of it has been put on a queue) → `running` → one of the ends:
 * `succeeded` (every item did) · `completedWithFailures` · `failed` (the run itself could not go on) · `cancelled`.
 * `cancelling` stands between `running` and `cancelled` while chunks that had started come to their end.
 */
export type RunState =
  'waiting' | 'running' | 'cancelling' | 'succeeded' | 'completedWithFailures' | 'failed' | 'cancelled';

export const ENDED_RUN_STATES: readonly RunState[] = [
  'succeeded',
  'completedWithFailures',
  'failed',
  'cancelled',
];

/** A chunk is `queued` from its making until a worker recorded its last item (`done`) or its run was cancelled. */
export type ChunkState = 'queued' | 'done' | 'cancelled' | 'abandoned';

export interface BatchRun {
  readonly id: string;
  readonly batchId: string;
  readonly name: string;
  readonly appId: string;
  readonly appName: string;
  readonly appVersionId: string;
  readonly functionName: string;
  readonly state: RunState;
  /** sha256 of the JSON Lines file. */
  readonly inputDigest: string;
  readonly inputSizeBytes: number;
  /** Non-blank lines. */
  readonly itemsTotal: number;
  /** Chunks made so far cover the file up to here. */
  readonly cursor: ChunkCursor;
  readonly failure?: Failure | undefined;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** A place in an input file: the next chunk begins at this byte, which is the start of this (1-based) line. */
export interface ChunkCursor {
  readonly byteOffset: number;
  readonly lineNumber: number;
}

/** A byte range of a run's input: whole lines, `[byteStart, byteEnd)`. */
export interface BatchChunk {
  readonly id: string;
  readonly runId: string;
  readonly state: ChunkState;
  readonly byteStart: number;
  readonly byteEnd: number;
  /** 1-based line number of the first line; blank lines count as lines, not as items. */
  readonly firstLine: number;
  /** Lines in the range, blank ones too. */
  readonly lineCount: number;
  /** Non-blank lines. */
  readonly itemCount: number;
  readonly dispatchCount: number;
}

export type ItemState = 'succeeded' | 'failed' | 'cancelled';

/** What became of one line of a batch's input. */
export interface ItemOutcome {
  readonly lineNumber: number;
  readonly state: ItemState;
  readonly attempts: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly output?: JsonValue | undefined;
  readonly failure?: Failure | undefined;
  readonly logs?: readonly LogLine[] | undefined;
}

/** Items that a worker finished of one chunk since it last recorded, with whether the chunk is at its end. */
export interface ChunkProgress {
  readonly chunkId: string;
  readonly runId: string;
  readonly fence: number;
  readonly machineId: string;
  readonly items: readonly ItemOutcome[];
  readonly done: boolean;
}

export interface RunProgress {
  readonly itemsSucceeded: number;
  readonly itemsFailed: number;
  readonly itemsCancelled: number;
  readonly chunksTotal: number;
  readonly chunksDone: number;
  /** Sum over finished items, milliseconds. */
  readonly itemDurationMsTotal: number;
}
