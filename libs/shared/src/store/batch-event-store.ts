import type { BatchEvent, BatchEventKind } from '../domain/failure-group.js';

export interface NewBatchEvent {
  readonly runId: string;
  readonly kind: BatchEventKind;
  /** What makes an event of its kind unique within the run; without it there is one at most. */
  readonly occurrence?: string | undefined;
  readonly details: BatchEvent['details'];
}

/** What happened to runs. */
export abstract class BatchEventStore {
  /** True for whoever was first to say so: of several instances that see the same thing one tells it. */
  abstract record(event: NewBatchEvent): Promise<boolean>;
  /** Of a run, the oldest first; the newest thousand. */
  abstract listOfRun(runId: string): Promise<readonly BatchEvent[]>;
}
