import { cpus } from 'node:os';
import type { CpuTimes } from './machine-sensors.js';

/** Processor times as Node gives them on every system: in milliseconds for each core. */
export function nodeCpuTimes(): CpuTimes {
  let busyMs = 0;
  let totalMs = 0;
  for (const { times } of cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq;
    busyMs += busy;
    totalMs += busy + times.idle;
  }
  return { busySeconds: busyMs / 1000, totalSeconds: totalMs / 1000 };
}
