/** What a sensor saw, or that it could not see. What is unknown counts as busy: the owner must never pay for a broken sensor. */
export type Reading<T> = T | 'unknown';

/** What the machine's owner has said: it has authority over everything else, also without contact to management. */
export type OwnerOrder =
  | { readonly kind: 'offered' }
  /** `untilMs` on the monotonic clock: a snooze neither ends early nor late when somebody sets the wall clock. */
  | { readonly kind: 'snoozed'; readonly untilMs: number }
  | { readonly kind: 'never' };

/** An administrator's order to take the machine out. Work may end until `deadlineMs` (monotonic); null: however long it takes. */
export interface DrainOrder {
  readonly deadlineMs: number | null;
}

export interface MemoryReading {
  readonly totalBytes: number;
  /** Used by programs that are not ours. */
  readonly foreignBytes: number;
  /** Used by our containers. */
  readonly ownBytes: number;
}

export interface DiskReading {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** The work on this machine. The worker's own books: never unknown. */
export interface WorkReading {
  /** Pieces of work that were taken and not given back. */
  readonly claimed: number;
  /** Of these: those that run now, unpaused. */
  readonly running: number;
  /** Why work that waits was last refused by this machine, where everything was. */
  readonly refused: 'WINDOW_TOO_SHORT' | 'IMAGE_INCOMPATIBLE' | null;
  /** The running work whose batch has had most, beside the waiting batch that has had least; null when nothing waits. */
  readonly contention: Contention | null;
}

/** Two batches that want the same slot. */
export interface Contention {
  /** The id of the running chunk. */
  readonly workId: string;
  readonly ranSeconds: number;
  /** Decayed core-seconds of the batch that runs, by its weight. */
  readonly runningUsage: number;
  /** The same of the batch that waits. */
  readonly waitingUsage: number;
}

/** Everything that the capacity policy is decided from. Sensors and books fill it; nothing in it is a wall clock's time. */
export interface Readings {
  readonly owner: Reading<OwnerOrder>;
  readonly drain: DrainOrder | null;
  /** Whether the engine answers and has passed the test function. */
  readonly engine: Reading<'healthy' | 'down'>;
  /** Seconds since the last heartbeat that arrived. */
  readonly contactLostSeconds: number;
  readonly power: Reading<'mains' | 'battery'>;
  /** The exclusive application that runs; null for none. */
  readonly exclusiveApp: Reading<string | null>;
  readonly disk: Reading<DiskReading>;
  /** Seconds since the newest input of any session. */
  readonly inputAgeSeconds: Reading<number>;
  /** How many sessions from afar are connected. */
  readonly rdpSessions: Reading<number>;
  /** Load of programs that are not ours, in percent of the machine. */
  readonly foreignCpuPercent: Reading<number>;
  readonly memory: Reading<MemoryReading>;
  readonly work: WorkReading;
}

/** The two clocks of a decision. There is no third: a machine's wall clock may be wrong. */
export interface CapacityClock {
  /** Never jumps; what durations are measured with. Milliseconds since any moment. */
  readonly monotonicMs: number;
  /** UTC as the database says it, in milliseconds since 1970. Unknown without contact: then no hours are open. */
  readonly utcMs: Reading<number>;
}
