import type { CapacityReason } from './capacity/capacity-reason.js';
import type { CapacityState } from './capacity/capacity-state.js';

/** What a worker finds out about its machine, beside what every machine has. Null: it could not be found out. */
export interface MachineAttributes {
  /** The operating system's version, such as `10.0.20348` or `6.1.0`. */
  readonly osBuild: string | null;
  /** How the engine separates containers: `process` or `hyperv` on Windows, `process` on Linux; `none` without an engine. */
  readonly isolation: string | null;
  /** Of the container engine. */
  readonly engineVersion: string | null;
  /** The IANA name of the zone that the machine is set to; absent from workers that do not say. */
  readonly timeZone?: string;
  /** Whether its engine can pause containers; absent from workers that do not say. */
  readonly canPause?: boolean;
  /** The capacity profile in force, without `desktop-hours`; absent from workers that do not say. */
  readonly profile?: string;
  /** The policy in the worker's own settings, as data: the layer under those of management. Absent from workers that do not say. */
  readonly localPolicy?: unknown;
}

/** What a worker does with its machine's spare time now. */
export interface MachineCapacity {
  readonly state: CapacityState;
  /** Why it does no more than that; empty when nothing stands in the way. */
  readonly reason: CapacityReason | '';
}

/**
 * The capacity policies that management has for a machine, as data, by layer. A knob of the machine's own policy replaces the same
 * knob of its groups', that one its pool's, and that one what the worker's own settings say.
 */
export interface MachinePolicyLayers {
  readonly machine?: unknown;
  readonly group?: unknown;
  readonly pool?: unknown;
}

/** An administrator's words for a machine, such as `site` → `berlin`. */
export type MachineLabels = Readonly<Record<string, string>>;

/** An order to take nothing new. */
export interface MachineDrain {
  readonly requestedAt: Date;
  /** When what still runs is given back; null: it may run to its end. */
  readonly deadlineAt: Date | null;
  readonly requestedBy: string;
}

/** What management wants of a machine: the answer to its heartbeat. */
export interface MachineOrders {
  /** The database's time as it answered. */
  readonly now: Date;
  /** Its key was taken from it: it must stop, and give back what runs. */
  readonly revoked: boolean;
  readonly drain: MachineDrain | null;
  /** Empty where no policy applies; absent: nothing was said, and what was heard before stands. */
  readonly policyLayers?: MachinePolicyLayers;
  /** The machine's labels; absent: nothing was said, and what was heard before stands. */
  readonly labels?: MachineLabels;
}

/** Lets one worker get a key for its machine, once. */
export interface EnrolmentToken {
  readonly id: string;
  /** What it is for, in an administrator's words. */
  readonly note: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  /** The machine that used it. */
  readonly machineId: string | null;
}
