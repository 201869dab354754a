import type { OwnerSession, PowerSource } from './machine-sensors.js';
import type { Sensed } from './sensed.js';
import type { DiskReading, MemoryReading } from './usage.js';

/** All that the sensors see of a machine, each value with the reason where it can't be seen. */
export interface MachineReadings {
  readonly sessions: Sensed<readonly OwnerSession[]>;
  /** Seconds since the newest input on the machine; Infinity for never. */
  readonly inputAgeSeconds: Sensed<number>;
  /** How many remote desktops are connected. */
  readonly rdpSessions: Sensed<number>;
  /** Load of programs that are not ours, in percent of the machine. */
  readonly foreignCpuPercent: Sensed<number>;
  readonly memory: Sensed<MemoryReading>;
  readonly power: Sensed<PowerSource>;
  /** The exclusive application that runs; null for none. */
  readonly exclusiveApp: Sensed<string | null>;
  readonly disk: Sensed<DiskReading>;
}
