import type { BatchRun, RunCause, RunState, WaitReason } from '../domain/batch.js';
import type { BatchDefinition } from '../domain/batch-definition.js';
import type { Failure } from '../domain/invocation.js';
import type { NewBatchRun } from './batch-store.js';

/** A run that has not begun, or is at its window's end, with the definition that it goes by. */
export interface PlannedRun {
  readonly run: BatchRun;
  /** Null: it was started without one. */
  readonly definition: BatchDefinition | null;
}

/** A run of a batch that has not ended. */
export interface OpenRunFacts {
  readonly id: string;
  readonly batchId: string;
  readonly state: RunState;
  readonly cause: RunCause;
  readonly notBefore: Date | null;
}

/** A run of a batch's business day. */
export interface DayRun {
  readonly id: string;
  readonly state: RunState;
  readonly cause: RunCause;
  readonly endedAt: Date | null;
  readonly parentRunId: string | null;
  /** Of a run that was carried over: how many of its items did not succeed. */
  readonly itemsFailed: number;
}

/** How a run ends at its window's end. */
export interface WindowOutcome {
  readonly state: RunState;
  readonly failure?: Failure | undefined;
  /** The run that goes on with what is left. */
  readonly next?: NewBatchRun | undefined;
}

/** The life of runs before they may begin, at their window's end, and what follows from their end. */
export abstract class RunScheduleStore {
  /** Runs in state `scheduled` whose `notBefore` has passed, by id. @param now the database's time */
  abstract listScheduled(now: Date, limit: number, afterId?: string): Promise<readonly PlannedRun[]>;
  /** Of these batches, by id. */
  abstract openRunsOf(batchIds: readonly string[]): Promise<readonly OpenRunFacts[]>;
  /** The runs of a batch for a business day, by id. */
  abstract runsOfDay(appName: string, batchName: string, businessDate: string): Promise<readonly DayRun[]>;
  /** `scheduled` → `waiting`: it may begin. False when it is no longer `scheduled`. */
  abstract begin(runId: string): Promise<boolean>;
  /** Says why a `scheduled` run waits. */
  abstract explain(runId: string, reason: WaitReason): Promise<void>;
  /** Ends a `scheduled` run. False when it is no longer that. */
  abstract endScheduled(runId: string, state: RunState, failure: Failure): Promise<boolean>;
  /** Writes runs that are to be made together, all or none. Those whose idempotency key was seen before are not written again. */
  abstract createAll(runs: readonly NewBatchRun[]): Promise<readonly BatchRun[]>;
  /** Open runs whose window ends at this time or before, by id. */
  abstract listEnding(until: Date, limit: number, afterId?: string): Promise<readonly PlannedRun[]>;
  /**
   * `waiting`/`running` → `draining`: nothing more of it is handed out. The chunks that nobody has begun end here.
   * @returns their ids; null when the run was in another state
   */
  abstract drain(runId: string): Promise<readonly string[] | null>;
  /** Ends the open chunks of a `draining` run: what is recorded of them later is refused. @returns their ids */
  abstract closeChunks(runId: string): Promise<readonly string[]>;
  /**
   * Ends a run whose window is over, with the run that goes on with the rest, in one transaction. It must be `draining` without an open
   * chunk, `waiting` or `scheduled`; false when it is not.
   */
  abstract endWindow(runId: string, outcome: WindowOutcome): Promise<boolean>;
  /** Runs that have ended and to whose end nobody has seen yet, the oldest end first. */
  abstract listUnseenEnds(limit: number): Promise<readonly BatchRun[]>;
  /** What follows from these ends is done. */
  abstract markSeen(runIds: readonly string[]): Promise<void>;
}
