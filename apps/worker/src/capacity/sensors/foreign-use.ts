import type { MemoryReading } from '#shared/domain/capacity/readings.js';
import type { CpuTimes, MemoryUse, RunningProcess } from './machine-sensors.js';
import type { OwnUsePart } from './own-use.js';
import { known, unknown, type Sensed } from './sensed.js';

/** The machine's processor times and ours, read at the same moment. */
export interface CpuSample {
  readonly machine: CpuTimes;
  readonly own: readonly OwnUsePart[];
}

/** The load between two samples of programs that are not ours, in percent of the machine. */
export function foreignCpuPercent(before: CpuSample | null, after: CpuSample): Sensed<number> {
  if (!before) return unknown('load is a difference, and this is the first reading');
  const total = after.machine.totalSeconds - before.machine.totalSeconds;
  const busy = after.machine.busySeconds - before.machine.busySeconds;
  if (total <= 0 || busy < 0) return unknown('the processor times did not grow since the last reading');
  const foreign = busy - ownCpuSeconds(before.own, after.own);
  return known(Math.min(100, Math.max(0, (100 * foreign) / total)));
}

/**
 * What our parts used between two samples. A part that ended in between took its counter with it: its last seconds count as
 * the owner's. One that is new has used all of it since.
 */
export function ownCpuSeconds(before: readonly OwnUsePart[], after: readonly OwnUsePart[]): number {
  const earlier = new Map(before.map((part) => [part.id, part.cpuSeconds]));
  return after.reduce((sum, part) => sum + Math.max(0, part.cpuSeconds - (earlier.get(part.id) ?? 0)), 0);
}

/** The machine's memory, divided into ours and the owner's. */
export function memoryReading(machine: MemoryUse, own: readonly OwnUsePart[]): MemoryReading {
  const ownBytes = own.reduce((sum, part) => sum + part.memoryBytes, 0);
  return {
    totalBytes: machine.totalBytes,
    foreignBytes: Math.max(0, machine.usedBytes - ownBytes),
    ownBytes,
  };
}

/** The name by which exclusive applications are compared: lower case, without `.exe`. */
export function appName(name: string): string {
  return name.toLowerCase().replace(/\.exe$/, '');
}

/**
 * The first exclusive application that runs and is not ours: a function may use the same program as the owner.
 * @param exclusiveApps names as `appName` gives them
 */
export function exclusiveAppAmong(
  processes: readonly RunningProcess[],
  exclusiveApps: readonly string[],
  own: readonly OwnUsePart[],
): string | null {
  const wanted = new Set(exclusiveApps);
  const ours = new Set(own.flatMap((part) => part.pids));
  for (const { pid, names } of processes) {
    const name = names.map(appName).find((candidate) => wanted.has(candidate));
    if (name !== undefined && !ours.has(pid)) return name;
  }
  return null;
}
