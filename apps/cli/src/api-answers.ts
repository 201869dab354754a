/** What management answers, as far as the command reads it. Times are ISO 8601 in UTC. */

export type RunState =
  'waiting' | 'running' | 'cancelling' | 'succeeded' | 'completedWithFailures' | 'failed' | 'cancelled';

export interface BatchRun {
  readonly id: string;
  readonly name: string;
  readonly app: string;
  readonly functionName: string;
  readonly state: RunState;
  readonly itemsTotal: number;
  readonly itemsSucceeded: number;
  readonly itemsFailed: number;
  readonly itemsCancelled: number;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly itemsPerSecond: number | null;
  /** Why the run as a whole failed. */
  readonly failure?: Failure | null;
}

export interface BatchItem {
  readonly lineNumber: number;
  readonly state: 'succeeded' | 'failed' | 'cancelled';
  readonly attempts: number;
  readonly output?: unknown;
  readonly failure?: Failure | null;
}

export interface Failure {
  readonly type: string;
  readonly message: string;
  readonly stack?: string | null;
}

/** The answer to a new batch. */
export interface AcceptedBatch {
  readonly runId: string;
  readonly batchId: string;
  readonly state: RunState;
}

export interface PublishedFunction {
  readonly app: string;
  readonly name: string;
  /** The trigger binding's type, such as `httpTrigger`. */
  readonly trigger: string;
  /** HTTP functions: the path below management's address, such as `/api/hello`. */
  readonly route?: string | null;
  readonly methods?: readonly string[] | null;
  readonly disabled: boolean;
}

export interface InvocationSummary {
  readonly id: string;
  readonly app: string;
  readonly functionName: string;
  readonly trigger: string;
  readonly state: string;
  readonly acceptedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

const ENDS: ReadonlySet<RunState> = new Set(['succeeded', 'completedWithFailures', 'failed', 'cancelled']);

export function hasEnded(run: BatchRun): boolean {
  return ENDS.has(run.state);
}

/** Items that have come to their end, however. */
export function itemsDone(run: BatchRun): number {
  return run.itemsSucceeded + run.itemsFailed + run.itemsCancelled;
}
