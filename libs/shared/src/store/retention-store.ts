import type { BatchRetention } from '../domain/batch-definition.js';

/** A batch that has ended runs. */
export interface KeptBatch {
  readonly id: string;
  readonly name: string;
  /** Of its definition; null where it has none, or that says nothing. */
  readonly retention: BatchRetention | null;
}

/** Removes what is kept no longer. Several instances may do the same at once, and go on where one was killed. */
export abstract class RetentionStore {
  /** All batches, by id. @param after the id of the last one of the page before */
  abstract listBatches(limit: number, after?: string): Promise<readonly KeptBatch[]>;
  /**
   * Ended runs of a batch that are over a limit, the oldest first: never one that another run, which has not ended, goes over again
   * or goes on with.
   */
  abstract listOverdue(batchId: string, retention: BatchRetention, limit: number): Promise<readonly string[]>;
  /** From here on there is no such run for anybody but `removeSome`. False when it has not ended, or was being removed. */
  abstract beginRemoval(runId: string): Promise<boolean>;
  /** Runs whose removal has begun, the oldest first. */
  abstract listRemovals(limit: number): Promise<readonly string[]>;
  /**
   * Removes up to so many rows of a run whose removal has begun; true when that was the last of it. Each call is a short
   * transaction of its own.
   */
  abstract removeSome(runId: string, rows: number): Promise<boolean>;
  /** Files that nobody has used for so long and nothing refers to; they are marked, and are to be removed from the blob store. */
  abstract claimUnusedFiles(unusedForSeconds: number, limit: number): Promise<readonly string[]>;
  /** The same, only told. */
  abstract listUnusedFiles(unusedForSeconds: number, limit: number): Promise<readonly string[]>;
  /** The file is gone from the blob store; unless it has come back in the meantime, so is its note. */
  abstract forgetFile(digest: string): Promise<void>;
}
