import type { OwnerSession, PowerSource } from './machine-sensors.js';
import type { Sensed } from './sensed.js';
import type { DiskReading, MemoryReading, Reading, Readings } from '#shared/domain/capacity/readings.js';

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

/** The part of what the policy is decided from that sensors see; the rest is in the worker's own books. */
type PolicyReadings = Pick<
  Readings,
  'inputAgeSeconds' | 'rdpSessions' | 'foreignCpuPercent' | 'memory' | 'power' | 'exclusiveApp' | 'disk'
>;

/** Readings as the policy takes them: why something is unknown makes no difference to it. */
export function policyReadings(seen: MachineReadings): PolicyReadings {
  return {
    inputAgeSeconds: valueOf(seen.inputAgeSeconds),
    rdpSessions: valueOf(seen.rdpSessions),
    foreignCpuPercent: valueOf(seen.foreignCpuPercent),
    memory: valueOf(seen.memory),
    power: valueOf(seen.power),
    exclusiveApp: valueOf(seen.exclusiveApp),
    disk: valueOf(seen.disk),
  };
}

function valueOf<T>(sensed: Sensed<T>): Reading<T> {
  return sensed.known ? sensed.value : 'unknown';
}
