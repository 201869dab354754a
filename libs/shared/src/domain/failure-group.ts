/** The failed items of a run that failed in the same way. */
export interface FailureGroup {
  /** See `failureFingerprint`. */
  readonly fingerprint: string;
  /** Of the sample with the lowest line, as it was. */
  readonly type: string;
  readonly message: string;
  readonly items: number;
  /** Starts of the items that failed first and last. */
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** The lowest few lines, in `sampleRunId`. */
  readonly sampleLines: readonly number[];
  readonly sampleRunId: string;
  /** In how many runs it was seen. */
  readonly runs: number;
}

/** What has become of the items of a run that failed. */
export interface DeadLetterCounts {
  /** Failed items. */
  readonly deadLetters: number;
  /** Of them: those whose newest replay goes on. */
  readonly replaying: number;
  /** Of them: those that have succeeded in their newest replay. */
  readonly healed: number;
}

/** Something that happened to a run, for people and notifications to read. */
export interface BatchEvent {
  readonly id: string;
  readonly runId: string;
  readonly kind: BatchEventKind;
  readonly details: Readonly<Record<string, string | number>>;
  readonly happenedAt: Date;
}

/**
 * `failuresWarning`: a limit that warns was reached · `tooManyFailures`: a limit was reached, and the run is being stopped for it ·
 * `atRisk`: its deadline will rather be met than not · `late`: it will miss its deadline, or has.
 */
export const BATCH_EVENT_KINDS = ['failuresWarning', 'tooManyFailures', 'atRisk', 'late'] as const;
export type BatchEventKind = (typeof BATCH_EVENT_KINDS)[number];
