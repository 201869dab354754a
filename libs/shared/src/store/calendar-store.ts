import type { BatchCalendar } from '../domain/batch-definition.js';
import type { CalendarVersion, DefinedCalendar } from '../domain/defined-batch.js';

export interface CalendarChange {
  readonly name: string;
  readonly calendar: BatchCalendar;
  readonly changedBy: string;
  /** As of a definition: 0 means that there must be none yet. */
  readonly expectedVersion?: number | undefined;
}

export type CalendarPutOutcome =
  | { readonly kind: 'created' | 'changed' | 'unchanged'; readonly calendar: DefinedCalendar }
  | { readonly kind: 'otherVersion'; readonly version: number | null };

export type CalendarRemoveOutcome =
  | { readonly kind: 'removed' }
  | { readonly kind: 'unknown' }
  /** Batches whose definition names it: `app/batch`. */
  | { readonly kind: 'used'; readonly by: readonly string[] };

/** Calendars by name, with all their versions. */
export abstract class CalendarStore {
  /** What holds already is not written again. The scheduler looks at once at the batches that use it. */
  abstract put(change: CalendarChange): Promise<CalendarPutOutcome>;
  abstract find(name: string): Promise<DefinedCalendar | null>;
  /** By name. There are few of them. */
  abstract list(): Promise<readonly DefinedCalendar[]>;
  /** The newest 1,000, the newest first. */
  abstract history(name: string): Promise<readonly CalendarVersion[]>;
  abstract remove(name: string, removedBy: string): Promise<CalendarRemoveOutcome>;
}
