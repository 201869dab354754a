import { SensorBlindError, type CpuTimes, type MemoryUse } from '../machine-sensors.js';

/** The unit of /proc/stat towards programs (USER_HZ): 100 a second on every machine that Node runs on. */
const TICKS_PER_SECOND = 100;
const KIB = 1024;

/**
 * The processor times in /proc/stat. Waiting for a disk is idle. Time that a hypervisor gave to others (steal) was never this
 * machine's to use: it is neither busy nor part of the whole. A guest's time is within `user` already.
 */
export function parseProcStat(text: string): CpuTimes {
  const line = /^cpu +(.+)$/m.exec(text)?.[1];
  if (line === undefined) throw new SensorBlindError('/proc/stat has no line "cpu"');
  const [user = NaN, nice = NaN, system = NaN, idle = NaN, iowait = 0, irq = 0, softirq = 0] = line
    .split(' ')
    .map(Number);
  const busy = user + nice + system + irq + softirq;
  return {
    busySeconds: busy / TICKS_PER_SECOND,
    totalSeconds: (busy + idle + iowait) / TICKS_PER_SECOND,
  };
}

/** When the machine was started, in milliseconds since 1970 by its own clock. */
export function parseBootTime(text: string): number {
  const seconds = /^btime (\d+)$/m.exec(text)?.[1];
  if (seconds === undefined) throw new SensorBlindError('/proc/stat has no line "btime"');
  return Number(seconds) * 1000;
}

/** Memory in use as /proc/meminfo tells it: what the kernel could free at once counts as free. */
export function parseMeminfo(text: string): MemoryUse {
  const totalBytes = meminfoBytes(text, 'MemTotal');
  return { totalBytes, usedBytes: totalBytes - meminfoBytes(text, 'MemAvailable') };
}

function meminfoBytes(text: string, name: string): number {
  const kib = new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1];
  if (kib === undefined) throw new SensorBlindError(`/proc/meminfo has no line "${name}"`);
  return Number(kib) * KIB;
}
