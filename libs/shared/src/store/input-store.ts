import type { BatchRun } from '../domain/batch.js';
import type { StoredBlob } from './blob-store.js';

/** An input that this instance is to make; it has the lease. */
export interface ClaimedInput {
  readonly run: BatchRun;
  /** 1 the first time: it fences, and counts how often somebody began. */
  readonly attempt: number;
}

/** Whose turn it is to make runs' inputs, and which files there are. */
export abstract class InputStore {
  /**
   * Begins with the input of the oldest run that waits for one (`waiting`, not before its `notBefore`), or takes over one whose
   * lease has ended. Null when there is none. A run whose input must not be made yet is kept `scheduled`.
   */
  abstract claim(leaseSeconds: number): Promise<ClaimedInput | null>;
  /** Notes how many items there are so far; false when another instance has taken over, or the run has ended or is being cancelled. */
  abstract renew(claimed: ClaimedInput, leaseSeconds: number, itemsSoFar: number): Promise<boolean>;
  /** Gives it up for the next one, at once. */
  abstract release(claimed: ClaimedInput): Promise<void>;
  /** The input is `ready`; false as with `renew`. */
  abstract finish(
    claimed: ClaimedInput,
    input: StoredBlob & { readonly itemsTotal: number },
  ): Promise<boolean>;
  /** Says that a file is in use now: it is not removed for a while, though nothing refers to it yet. Call it after `BlobStore.put`. */
  abstract noteFile(file: StoredBlob): Promise<void>;
}
