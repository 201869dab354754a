import type { BatchRun } from '../domain/batch.js';
import type { DueBatch } from '../domain/defined-batch.js';
import type { NewBatchRun } from './batch-store.js';

export interface OccurrenceClaim {
  readonly batchId: string;
  /** The version that the claim was decided by. */
  readonly version: number;
  /** The batch's open runs that it was decided by, in any order. */
  readonly openRunIds: readonly string[];
  readonly plannedAt: Date;
  /** What it starts; null: it is skipped. */
  readonly run: NewBatchRun | null;
  /** Of what is skipped: why, in words. */
  readonly reason?: string | undefined;
  /** When to look at the batch again; null: nothing is to come. */
  readonly nextDueAt: Date | null;
}

/** What became of all that was due of a batch. */
export interface DueSettlement {
  readonly batchId: string;
  /** The version that it was decided by. */
  readonly version: number;
  /** The batch's open runs that it was decided by, in any order. */
  readonly openRunIds: readonly string[];
  readonly occurrences: readonly Pick<OccurrenceClaim, 'plannedAt' | 'run' | 'reason'>[];
  /** When to look at the batch again; null: nothing is to come. */
  readonly nextDueAt: Date | null;
}

/**
 * `claimed` · `taken`: somebody else claimed this occurrence · `outdated`: the definition, a pause or the open runs are no longer
 * what it was decided by; nothing is written, read again and decide again.
 */
export type ClaimOutcome =
  { readonly kind: 'claimed'; readonly run: BatchRun | null } | { readonly kind: 'taken' | 'outdated' };

export interface BatchOccurrence {
  readonly plannedAt: Date;
  readonly claimedAt: Date;
  /** Null: it was skipped. */
  readonly runId: string | null;
  readonly reason: string | null;
}

/** Planned occurrences of batches, each claimed once, whoever comes. */
export abstract class OccurrenceStore {
  /**
   * Batches that the scheduler is to look at, the longest due first; paused and removed ones are not.
   * @param now the database's time, where the caller decides by one that it has read; default: that of this moment
   */
  abstract listDue(limit: number, now?: Date): Promise<readonly DueBatch[]>;
  /** When the earliest of the batches becomes due that are not due yet; null: none. */
  abstract nextDueAt(): Promise<Date | null>;
  /** Says when to look again though nothing is claimed; false when the definition is no longer that of this version. */
  abstract setNextDue(batchId: string, version: number, nextDueAt: Date | null): Promise<boolean>;
  /** Writes the occurrence and its run in one transaction. */
  abstract claim(claim: OccurrenceClaim): Promise<ClaimOutcome>;
  /**
   * As `claim`, for many batches and any number of occurrences of each, in one transaction and few statements. A batch is settled as a
   * whole or not at all: not when something of it is taken or outdated.
   * @returns the ids of the batches that were settled
   */
  abstract settle(settlements: readonly DueSettlement[]): Promise<ReadonlySet<string>>;
  /** The newest first. @param before only those planned before */
  abstract list(batchId: string, limit: number, before?: Date): Promise<readonly BatchOccurrence[]>;
}
