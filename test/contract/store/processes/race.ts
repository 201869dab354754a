/** What every racer is given. */
export interface Course {
  readonly scheduleId: string;
  readonly appId: string;
  readonly appVersionId: string;
  readonly functionName: string;
  /** Milliseconds since 1970. */
  readonly plannedAt: readonly number[];
  readonly runId: string;
  readonly runChunks: number;
  /** A chunk of another run, whose lines all record. */
  readonly sharedChunk: { readonly runId: string; readonly chunkId: string; readonly lines: number };
  readonly deployments: number;
}

/** How often a racer was the one. */
export interface RaceResult {
  readonly occurrences: number;
  readonly chunks: number;
  readonly deployments: number;
}
