import type { CpuTimes, MemoryUse, OwnerSession, Presence, RunningProcess } from './machine-sensors.js';
import type { DiskReading } from '#shared/domain/capacity/readings.js';
import type { Sensed } from './sensed.js';

/*
 * What a sensor says is checked before it is believed: a wrong number would offer a machine that its owner is using. Each
 * function says why a value can't be true, or null.
 */

export function presenceNonsense({ sessions, inputAgeSeconds }: Presence): string | null {
  return ageNonsense('the machine', inputAgeSeconds) ?? firstOf(sessions, sessionNonsense);
}

function sessionNonsense({ id, inputAgeSeconds }: OwnerSession): string | null {
  return ageNonsense(`session ${id}`, inputAgeSeconds);
}

/** A negative age is a clock that was set, not nonsense: it counts as now. */
function ageNonsense(whose: string, age: Sensed<number>): string | null {
  return age.known && Number.isNaN(age.value) ? `the input age of ${whose} is not a number` : null;
}

export function cpuNonsense({ busySeconds, totalSeconds }: CpuTimes): string | null {
  return partNonsense('processor seconds', busySeconds, totalSeconds);
}

export function memoryNonsense({ usedBytes, totalBytes }: MemoryUse): string | null {
  return partNonsense('bytes of memory', usedBytes, totalBytes);
}

export function diskNonsense({ freeBytes, totalBytes }: DiskReading): string | null {
  return partNonsense('bytes of disk', freeBytes, totalBytes);
}

/** There is always at least the process that asks. */
export function processesNonsense(processes: readonly RunningProcess[]): string | null {
  return processes.length === 0 ? 'it saw no processes at all' : null;
}

function partNonsense(unit: string, part: number, whole: number): string | null {
  if (!Number.isFinite(part) || !Number.isFinite(whole) || part < 0 || whole <= 0)
    return `it saw ${part} of ${whole} ${unit}`;
  return part > whole ? `it saw ${part} ${unit} out of only ${whole}` : null;
}

function firstOf<T>(values: readonly T[], nonsense: (value: T) => string | null): string | null {
  for (const value of values) {
    const why = nonsense(value);
    if (why !== null) return why;
  }
  return null;
}
