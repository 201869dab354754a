import type { SpentTime } from '../domain/machine-time.js';

/** Whole hours, and whose time. */
export interface TimeRange {
  /** The first hour, UTC. */
  readonly from: Date;
  /** The hour after the last one. */
  readonly until: Date;
  readonly pool?: string | undefined;
  readonly machineId?: string | undefined;
}

/** What all machines of a range spent on one state for one reason. */
export type TimeSum = Omit<SpentTime, 'hour'>;

/** What one machine spent in one hour on one state, for whatever reasons. */
export interface MachineHour extends Omit<SpentTime, 'reason'> {
  readonly machineId: string;
}

/**
 * What machines' time was worth, by the hour. `MachineStore.heartbeat` books the time since the heartbeat before, in the same
 * transaction; this store books the silence of those that are away, and reads.
 */
export abstract class MachineTimeStore {
  /** All of a range in one query, by state and reason. */
  abstract sums(range: TimeRange): Promise<readonly TimeSum[]>;
  /** By hour and machine, at most so many rows; an hour and machine has a row for each of its states. */
  abstract hours(range: TimeRange, limit: number): Promise<readonly MachineHour[]>;
  /**
   * Books the time of machines that are away as `offline`, up to now, so that they count without coming back: those from which
   * nothing was booked for `silentSeconds`, each by one caller only. One that was not heard of for 31 days is gone, and counts no
   * more. Gives how many machines.
   */
  abstract bookSilence(silentSeconds: number): Promise<number>;
  /** Removes the hours that ended so many days ago. */
  abstract removeOlder(days: number): Promise<void>;
}
