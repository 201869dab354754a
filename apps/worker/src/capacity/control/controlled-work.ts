import type { DrainOrder, Reading, WorkReading } from '#shared/domain/capacity/readings.js';

/** The worker's books, as far as decisions are taken from them. */
export abstract class CapacityBooks {
  /** Whether the engine can pause containers. */
  abstract readonly canPause: boolean;
  /** Whether the engine answers and has passed the test function. */
  abstract readonly isEngineWell: boolean;
  /** Pieces of work that were taken and not given back. */
  abstract readonly claimed: number;
  /** Containers that hold work, or are being ended and are not gone yet. */
  abstract readonly occupied: number;
  /** Why all work that was offered of late was refused here; null: it was not, or none was offered. */
  abstract readonly refused: WorkReading['refused'];
  /** Of our containers, those that may use the processor for work. */
  abstract readonly computing: number;
  /** Seconds since the last heartbeat that was answered; Infinity before the first. */
  abstract readonly contactLostSeconds: number;
  abstract readonly drain: DrainOrder | null;
  /** The database's time, milliseconds since 1970. */
  abstract readonly utcMs: Reading<number>;
  /** What the machine's settings let all containers take together, bytes. */
  abstract readonly memoryBytes: number;
  /** What a container takes whose app says nothing, bytes. */
  abstract readonly usualContainerBytes: number;
}

/** What the decisions do to the work. All may be told twice. */
export abstract class CapacityEffects {
  /** Pauses all containers, at once. Throws when some could not be paused. */
  abstract hold(): Promise<void>;
  /** Lets them go on. Throws when some could not be resumed. */
  abstract lift(): Promise<void>;
  /** No call begins from now on: those that come are evicted; what runs goes on. */
  abstract refuse(): void;
  abstract admit(): void;
  /** Ends the containers in which something runs: what is finished is committed, the rest goes back to the queue. Never rejects. */
  abstract evict(): Promise<void>;
  /** Gives back to the queue what runs, now, whatever its containers do. Never rejects. */
  abstract giveBack(): Promise<void>;
  /** @param bytes of all containers together */
  abstract allowMemory(bytes: number): void;
  /** Limits all containers together, those that run too. @param capPercent of the machine's cores */
  abstract limitCpu(limits: { readonly capPercent: number; readonly isLow: boolean }): void;
  /** Containers could not be killed: the engine is not to be trusted before it has passed its test function again. */
  abstract quarantine(): void;
  /** What the policy lets the worker do has changed. */
  abstract offerChanged(): void;
}
