import type { BatchCalendar, BatchDefinition } from './batch-definition.js';

/** A batch with the version of its definition that holds now. */
export interface DefinedBatch {
  readonly id: string;
  readonly appId: string;
  /** 1, 2, 3 … for each batch. The same content again is no new version. */
  readonly version: number;
  readonly definition: BatchDefinition;
  /** Of this version. */
  readonly changedBy: string;
  readonly changedAt: Date;
  readonly createdAt: Date;
  /** Null: it is not paused. */
  readonly pause: BatchPause | null;
  /** Occurrences planned before it are never claimed, and TimeSpans are counted from it; null of batches that were defined before it was kept. */
  readonly activeSince: Date | null;
  /** When the scheduler is next to look at it; null: there is nothing to look for. */
  readonly nextDueAt: Date | null;
}

/** While it lasts a batch's schedule and dependencies start nothing. Runs that are there go on. */
export interface BatchPause {
  readonly at: Date;
  readonly by: string;
  readonly note: string;
}

/** A definition as somebody wrote it at some time. Never changed. */
export interface BatchVersion {
  readonly version: number;
  readonly definition: BatchDefinition;
  readonly changedBy: string;
  readonly changedAt: Date;
}

/** A calendar as it holds now. */
export interface DefinedCalendar {
  readonly name: string;
  readonly version: number;
  readonly calendar: BatchCalendar;
  readonly changedBy: string;
  readonly changedAt: Date;
}

/** A calendar as somebody wrote it at some time. */
export interface CalendarVersion extends Omit<DefinedCalendar, 'calendar'> {
  /** Null: it was removed. */
  readonly calendar: BatchCalendar | null;
}

/** What the scheduler looks at. */
export interface DueBatch {
  readonly batch: DefinedBatch;
  /** Occurrences planned before it are never claimed. */
  readonly activeSince: Date;
  /** The newest occurrence that was claimed. */
  readonly lastPlannedAt: Date | null;
}
