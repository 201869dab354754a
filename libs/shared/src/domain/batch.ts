import type { RunSettings } from './batch-definition.js';
import type { Failure, LogLine } from './invocation.js';
import type { JsonValue } from './json.js';

/**
 * A batch run's life:
 * `scheduled` (its time has not come) → `waiting` (nothing of it has been put on a queue; `waitReason` says why) → `running` →
 * `draining` (its window ends: nothing more of it begins) → one of the ends:
 * `succeeded` (every item did) · `completedWithFailures` · `failed` (the run itself could not go on) · `cancelled` ·
 * `carriedOver` (the window's end left some of it undone: another run goes on with that).
 * `cancelling` stands before `cancelled` while chunks that had started come to their end.
 */
export type RunState =
  | 'scheduled'
  | 'waiting'
  | 'running'
  | 'draining'
  | 'cancelling'
  | 'succeeded'
  | 'completedWithFailures'
  | 'failed'
  | 'cancelled'
  | 'carriedOver';

export const RUN_STATES = [
  'scheduled',
  'waiting',
  'running',
  'draining',
  'cancelling',
  'succeeded',
  'completedWithFailures',
  'failed',
  'cancelled',
  'carriedOver',
] as const satisfies readonly RunState[];

export const ENDED_RUN_STATES: readonly RunState[] = [
  'succeeded',
  'completedWithFailures',
  'failed',
  'cancelled',
  'carriedOver',
];

/** Why a run was made. `replay` and `rerun` go over items of `parentRunId` again, `carryOver` goes on with it. */
export const RUN_CAUSES = [
  'request',
  'schedule',
  'catchUp',
  'backfill',
  'dependency',
  'rerun',
  'replay',
  'carryOver',
] as const;
export type RunCause = (typeof RUN_CAUSES)[number];

/** How an item is given to its function: as a message (or in a group of them), as the body of a POST, or as a timer's object. */
export const ITEM_TRIGGERS = ['message', 'http', 'timer'] as const;
export type ItemTrigger = (typeof ITEM_TRIGGERS)[number];

/** Whether the JSON Lines file of a run's items is there: `wanted` until somebody begins to make it, then `making`. */
export const INPUT_STATES = ['wanted', 'making', 'ready'] as const;
export type InputState = (typeof INPUT_STATES)[number];

/** Why a run that could be running is not. */
export interface WaitReason {
  /** For programs. */
  readonly code: string;
  /** For people. */
  readonly message: string;
}

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
  readonly inputState: InputState;
  /** sha256 of the JSON Lines file; empty until `inputState` is `ready`. */
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
  /** The version of the batch's definition that it goes by; null: it was started without one. */
  readonly batchVersion: number | null;
  readonly cause: RunCause;
  /** When its schedule wanted it. */
  readonly plannedAt: Date | null;
  /** The business day that it belongs to: `2026-11-30`. */
  readonly businessDate: string | null;
  readonly windowEndsAt: Date | null;
  readonly deadlineAt: Date | null;
  /** -100 to 100; more is sooner. */
  readonly priority: number;
  /** The pool of machines that it is for; null: the installation's own choice. */
  readonly pool: string | null;
  readonly parentRunId: string | null;
  /** The frozen part of its definition; null: it was started without one. */
  readonly settings: RunSettings | null;
  readonly waitReason: WaitReason | null;
  /** Nothing of it begins before. */
  readonly notBefore: Date | null;
  readonly itemTrigger: ItemTrigger;
  /** Somebody wants what still runs of it to be ended, not only nothing more to begin. */
  readonly terminatedAt: Date | null;
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
  /** Items of it that may run at once, and begin in a second; undefined: no limit bounds them. */
  readonly itemsAtOnce?: number | undefined;
  readonly itemsPerSecond?: number | undefined;
}

export type ItemState = 'succeeded' | 'failed' | 'cancelled';

/** What went wrong in an attempt that was not the last; the last one's failure is the item's. */
export interface EarlierFailure {
  /** Of the attempt; 1 is the first. */
  readonly attempt: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly type: string;
  /** Its beginning, where it is long. */
  readonly message: string;
}

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
  /** Some of the attempts before the last: the first one, and those nearest to the end. */
  readonly earlierFailures?: readonly EarlierFailure[] | undefined;
}

/** An item as it stands in SQL. */
export interface StoredItem extends ItemOutcome {
  /** Of the failure: items with the same one are a group. */
  readonly fingerprint?: string | undefined;
  /** The newest run that goes over this item again. */
  readonly replayedBy?: string | undefined;
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
