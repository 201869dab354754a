import type { Usage } from '../domain/capacity/fair-share.js';
import type { WorkFigures } from '../domain/function-time.js';
import type { TimeRange } from './machine-time-store.js';

/** By what work is told apart: the functions that ran (those of a batch apart from their calls), where, or why it was lost. */
export type WorkGrouping = 'function' | 'machine' | 'reason';

/** What came to what. What it is not told apart by is null. */
export interface WorkSum extends WorkFigures {
  readonly appId: string | null;
  /** Empty: there is no such app any more. */
  readonly appName: string | null;
  readonly functionName: string | null;
  /** Empty: calls. */
  readonly batchId: string | null;
  readonly batchName: string | null;
  readonly machineId: string | null;
  /** A `BadputReason`; empty: of what was not lost. */
  readonly reason: string | null;
}

/** What a batch, or the calls of an app, have had of a pool, for `fair-share`. */
export interface PoolUsage {
  readonly of: { readonly batchId: string } | { readonly appId: string };
  /** Seconds of calls, of which older ones count less; lost ones count not at all. Its time is that of the database. */
  readonly usage: Usage;
}

/** How long owners waited. Milliseconds; null where none did. */
export interface OwnerImpact {
  readonly count: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
}

/** One time that an owner waited. */
export interface OwnerWaitRow {
  readonly at: Date;
  readonly machineId: string;
  readonly pool: string;
  readonly action: string;
  readonly reason: string;
  readonly milliseconds: number;
}

/**
 * What functions made of machines' time, what of it was lost, and how long owners waited. `MachineStore.heartbeat` books it, page by
 * page of the workers' books; `MachineStore.markOffline` books what was lost with a machine. This store reads.
 */
export abstract class WorkStore {
  /** All of a range, in no order. */
  abstract sums(range: TimeRange, grouping: WorkGrouping): Promise<readonly WorkSum[]>;
  /** The whole of a range. */
  abstract total(range: TimeRange): Promise<WorkFigures>;
  /**
   * What batches, and apps' calls, have had of a pool, with half of it forgotten in each half-life. What is older than ten
   * half-lives, a thousandth, is left out. In no order.
   */
  abstract usage(pool: string, halfLifeHours: number): Promise<readonly PoolUsage[]>;
  /** How long owners waited; a percentile is the least time that so many of a hundred did not exceed. */
  abstract ownerImpact(range: TimeRange): Promise<OwnerImpact>;
  /** The longest waits, the longest first. */
  abstract worstWaits(range: TimeRange, limit: number): Promise<readonly OwnerWaitRow[]>;
  /** All waits of a range by time, at most so many. */
  abstract waits(range: TimeRange, limit: number): Promise<readonly OwnerWaitRow[]>;
}
