import type { TimeUse } from '../domain/capacity/time-use.js';
import type { SpentTime } from '../domain/machine-time.js';

/** Whole hours, and whose time. */
export interface TimeRange {
  /** The first hour, UTC. */
  readonly from: Date;
  /** The hour after the last one. */
  readonly until: Date;
  /** The pool that a machine was in at the time. */
  readonly pool?: string | undefined;
  readonly machineId?: string | undefined;
}

/** What all machines of a range spent on one state for one reason. */
export type TimeSum = Omit<SpentTime, 'hour'>;

/** What one machine spent in one hour on one state, for whatever reasons. */
export interface MachineHour extends Omit<SpentTime, 'reason'> {
  readonly machineId: string;
}

/** What the machines of a pool spent in an hour or on a day, in core-seconds. */
export interface TimeStep extends Readonly<Record<TimeUse, number>> {
  /** Its beginning, UTC. */
  readonly at: Date;
  /** Null: all pools of the range together. */
  readonly pool: string | null;
  readonly used: number;
  readonly offered: number;
}

/** How a range is cut. */
export interface TimeSteps {
  readonly step: 'hour' | 'day';
  /** Whether pools are kept apart. */
  readonly byPool: boolean;
}

/**
 * What machines' time was worth, by the hour. `MachineStore.heartbeat` books the time since the heartbeat before, in the same
 * transaction; this store books the silence of those that are away, adds up what is over, and reads. What it reads is right whether
 * it was added up or not; where it was, it is quick.
 */
export abstract class MachineTimeStore {
  /** All of a range, by state and reason. */
  abstract sums(range: TimeRange): Promise<readonly TimeSum[]>;
  /** By hour and machine, at most so many rows; an hour and machine has a row for each of its states. */
  abstract hours(range: TimeRange, limit: number): Promise<readonly MachineHour[]>;
  /** By hour or day, in their order; those without any time are left out. Days are UTC's. */
  abstract steps(range: TimeRange, steps: TimeSteps): Promise<readonly TimeStep[]>;
  /**
   * Adds up, by pool, the hours that are over and were not added up since something was booked in them: for machines' time and for
   * that of functions. Several callers may do it at the same time. Gives how many hours.
   */
  abstract sumUp(): Promise<number>;
  /**
   * Books the time of machines that are away as `offline`, up to now, so that they count without coming back: those from which
   * nothing was booked for `silentSeconds`, each by one caller only. One that was not heard of for 31 days is gone, and counts no
   * more. Gives how many machines.
   */
  abstract bookSilence(silentSeconds: number): Promise<number>;
  /**
   * Removes what ended so many days ago: machines' hours, functions', and owners' waits. The sums by pool, which are small, stay for
   * 400 days at least, so that a year can be compared with the one before it.
   */
  abstract removeOlder(days: number): Promise<void>;
}
