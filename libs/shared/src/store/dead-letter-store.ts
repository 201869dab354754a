import type { BatchRun } from '../domain/batch.js';
import type { DeadLetterCounts, FailureGroup } from '../domain/failure-group.js';
import type { NewBatchRun } from './batch-store.js';

/** Which dead letters of a run. */
export type DeadLetterSelection =
  | { readonly kind: 'all' }
  /** A failure group, by its fingerprint. */
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'lines'; readonly lines: readonly number[] };

export interface GroupPageRequest {
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

export interface GroupPage {
  readonly rows: readonly FailureGroup[];
  readonly next?: string | undefined;
}

/**
 * Items that failed, in groups, and the runs that go over them again.
 *
 * A run that goes over another's items again (its *child*) has them at the same lines: so an item is the same one in all runs of a
 * family, and `replayed_by` of each failed item says which of them has it now. An item is *healed* when it has succeeded there.
 */
export abstract class DeadLetterStore {
  /** The failure groups of a run, the largest first. Throws `InvalidInputError` for an `after` that no page said. */
  abstract listGroups(runId: string, page: GroupPageRequest): Promise<GroupPage>;
  /** The same over the newest runs of a batch, at most so many. Samples are of the newest run in which a group was seen. */
  abstract listGroupsOfBatch(batchId: string, newestRuns: number, page: GroupPageRequest): Promise<GroupPage>;
  abstract counts(runId: string): Promise<DeadLetterCounts>;
  /**
   * The lines, ascending, of dead letters that may be replayed: not those whose newest replay goes on, and those that are healed only
   * with `again`. A page has at most `limit` of them.
   */
  abstract replayableLines(
    runId: string,
    selection: DeadLetterSelection,
    again: boolean,
    page: { readonly limit: number; readonly afterLine: number },
  ): Promise<readonly number[]>;
  /** The lines, ascending, of items that have an outcome which is no success, and are not healed. */
  abstract unhealedLines(
    runId: string,
    page: { readonly limit: number; readonly afterLine: number },
  ): Promise<readonly number[]>;
  /** The lines of a range that have succeeded in one of these runs. */
  abstract succeededLines(
    runIds: readonly string[],
    firstLine: number,
    lineCount: number,
  ): Promise<ReadonlySet<number>>;
  /** The run and all that go over its items again, directly or not, the oldest first. */
  abstract listFamily(runId: string): Promise<readonly BatchRun[]>;
  /** Runs that go over this run's items again, the newest first; the newest hundred. */
  abstract listChildren(runId: string): Promise<readonly BatchRun[]>;
  /** The run that was made with this key before; null if there is none. */
  abstract findByKey(appId: string, idempotencyKey: string): Promise<BatchRun | null>;
  /**
   * Writes a run that goes over items of its `parentRunId` again, and notes it at those of them that have an outcome (`lines`), there
   * and in the runs that the parent goes over again. Null, and nothing is written, when one of them is in another's hands by now, or
   * healed without `again`: then choose anew.
   */
  abstract createChild(
    run: NewBatchRun & { readonly parentRunId: string },
    lines: readonly number[],
    again: boolean,
  ): Promise<{ readonly run: BatchRun; readonly isNew: boolean } | null>;
}
