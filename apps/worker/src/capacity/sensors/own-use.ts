/** What one of our containers, or our own process, has used. */
export interface OwnUsePart {
  /** The same as long as it is the same container or process, and never used again. */
  readonly id: string;
  /** Since its start, in core-seconds. */
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  /** Its processes as the machine numbers them. */
  readonly pids: readonly number[];
}

/**
 * Reads what Nightjar itself uses of the machine, so that it is not taken for its owner's. A part that has ended, or was never
 * found, is left out and counts as the owner's, which errs on the owner's side. One that lives and can't be read is a failure:
 * left out once and back the next time, its whole life would be taken for the use of a moment.
 */
export type ReadOwnUse = () => Promise<readonly OwnUsePart[]>;
