import type { CapacityReason } from './capacity/capacity-reason.js';

/**
 * Why work was lost, and has to be done again: what kept the machine from going on with it, or
 * `CONTAINER_LOST` (its container went, and not through it) · `WORKER_STOPPED` (its worker was stopped or restarted) ·
 * `MACHINE_LOST` (the machine was not heard of any more).
 */
export type BadputReason = CapacityReason | 'CONTAINER_LOST' | 'WORKER_STOPPED' | 'MACHINE_LOST';

/** What work came to. Times are of calls: what two that ran side by side took counts twice, what one was paused counts not at all. */
export interface WorkFigures {
  /** Of calls that came to an end of their own, whether they succeeded or not. */
  readonly usedMs: number;
  /** Of calls that did not, through no fault of theirs, and must run again. */
  readonly badputMs: number;
  /** How many those were. */
  readonly evictions: number;
  readonly calls: number;
}

/** What a machine did for a function in an hour. */
export interface FunctionSpent extends WorkFigures {
  /** The hour's beginning, UTC. */
  readonly hour: Date;
  readonly appId: string;
  readonly functionName: string;
  /** Of which batch run; empty: calls. */
  readonly runId: string;
  /** Empty: nothing was lost. */
  readonly reason: BadputReason | '';
}

/** One time that an owner waited for the processor. */
export interface OwnerWait {
  /** When the processor was his. */
  readonly at: Date;
  /** What was done to the work that ran. */
  readonly action: 'suspend' | 'vacate' | 'kill';
  /** What took the machine back; empty: it is not known. */
  readonly reason: CapacityReason | '';
  readonly milliseconds: number;
}

/** What a worker has written into its books since the page before. A page is booked once, however often it is sent. */
export interface BooksPage {
  /** No two pages of any workers have the same. */
  readonly id: string;
  readonly work: readonly FunctionSpent[];
  readonly waits: readonly OwnerWait[];
}
