import type { BatchDefinition } from '../domain/batch-definition.js';
import type { BatchVersion, DefinedBatch } from '../domain/defined-batch.js';
import type { Page, PageRequest } from './page.js';

export interface DefinitionChange {
  readonly appId: string;
  readonly definition: BatchDefinition;
  readonly changedBy: string;
  /** The version that the change was made from; 0: there must be none yet. Absent: whatever stands there is replaced. */
  readonly expectedVersion?: number | undefined;
}

/** What became of a change. Of what is refused nothing is written. */
export type PutOutcome =
  | { readonly kind: 'created' | 'changed' | 'unchanged'; readonly batch: DefinedBatch }
  /** Somebody else was first; null: there is none. */
  | { readonly kind: 'otherVersion'; readonly version: number | null }
  | { readonly kind: 'unknownCalendar'; readonly calendar: string }
  /** Fields of the definition that name a batch which is not there, with that. */
  | {
      readonly kind: 'unknownBatches';
      readonly batches: readonly { readonly field: string; readonly app: string; readonly batch: string }[];
    }
  /** From the batch itself to itself, each waiting for the next: `app/batch`. */
  | { readonly kind: 'cycle'; readonly path: readonly string[] };

export type RemoveOutcome =
  | { readonly kind: 'removed' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'otherVersion'; readonly version: number }
  /** Others wait for it, or take its results: `app/batch`. */
  | { readonly kind: 'needed'; readonly by: readonly string[] };

export interface BatchKey {
  readonly appId: string;
  readonly name: string;
}

/** Definitions of batches with their versions. Occurrences of their schedules: see `OccurrenceStore`. */
export abstract class BatchDefinitionStore {
  /**
   * Writes a definition as the newest version of its batch; what holds already is not written again. A batch that was removed
   * comes back. Names of calendars and other batches are looked up, and the graph of dependencies is kept without cycles, whoever
   * changes it at the same time. The scheduler looks at a batch with a schedule or window at once.
   */
  abstract put(change: DefinitionChange): Promise<PutOutcome>;
  /** Null when nothing is defined by this name, or it was removed. */
  abstract find(key: BatchKey): Promise<DefinedBatch | null>;
  abstract findById(id: string): Promise<DefinedBatch | null>;
  /** Newest batch first; those that were removed are left out. */
  abstract list(
    filter: { readonly appId?: string | undefined },
    page: PageRequest,
  ): Promise<Page<DefinedBatch>>;
  /** The newest first. @param before only versions below this one */
  abstract listVersions(batchId: string, limit: number, before?: number): Promise<readonly BatchVersion[]>;
  abstract findVersion(batchId: string, version: number): Promise<BatchVersion | null>;
  /** Pausing what is paused replaces who, when and why. Null when there is no such batch. */
  abstract pause(key: BatchKey, by: string, note: string): Promise<DefinedBatch | null>;
  /** What was planned during the pause is not caught up. Null when there is no such batch. */
  abstract resume(key: BatchKey): Promise<DefinedBatch | null>;
  /** The definition holds no longer; its versions and runs stay. @param expectedVersion as of a change */
  abstract remove(key: BatchKey, expectedVersion?: number): Promise<RemoveOutcome>;
  /** The batches whose current version waits for this one, paused ones too. */
  abstract listDependents(batchId: string): Promise<readonly DefinedBatch[]>;
}
