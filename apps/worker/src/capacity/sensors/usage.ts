export interface MemoryReading {
  readonly totalBytes: number;
  /** Used by programs that are not ours. */
  readonly foreignBytes: number;
  /** Used by our containers and processes. */
  readonly ownBytes: number;
}

export interface DiskReading {
  readonly totalBytes: number;
  readonly freeBytes: number;
}
