import type { CountColumn, TimeColumn } from './schema-columns.js';

/** An hour of a machine in one state for one reason. */
export interface MachineStateTable {
  hour: TimeColumn;
  machine_id: string;
  /** The machine's at the time; null in rows of older versions. */
  pool: string | null;
  state: string;
  reason: string;
  seconds: number;
  core_seconds: number;
  offered_core_seconds: number;
  used_core_seconds: number;
}

/** What machines of a pool spent in an hour that is over, or on a day of such hours: `hour` is its beginning. */
export interface PoolTimeTable extends Omit<MachineStateTable, 'machine_id' | 'pool'> {
  pool: string;
}

/** An hour of a machine's work for one function; with a reason where it was lost. */
export interface FunctionTimeTable {
  hour: TimeColumn;
  machine_id: string;
  pool: string;
  app_id: string;
  function_name: string;
  /** Empty for calls. */
  batch_id: string;
  /** Empty where nothing was lost. */
  reason: string;
  used_ms: number;
  badput_ms: number;
  evictions: CountColumn;
  calls: CountColumn;
}

/** The same of a pool; `hour` is the beginning of the hour or of the day. */
export type PoolFunctionTimeTable = Omit<FunctionTimeTable, 'machine_id'>;

/** An hour that is over, in which something of a machine's was booked since it was added up. */
export interface UnsummedHourTable {
  hour: TimeColumn;
  machine_id: string;
}

/** One time that an owner waited for the processor. */
export interface OwnerReleaseTable {
  at: TimeColumn;
  machine_id: string;
  pool: string;
  action: string;
  reason: string;
  milliseconds: number;
}
