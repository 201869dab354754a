import { basename } from 'node:path/posix';
import { SensorBlindError, type PowerSource, type RunningProcess } from '../machine-sensors.js';

const NANOSECONDS_PER_SECOND = 1e9;

/** Seconds since the last input, of `ioreg -c IOHIDSystem -d 4`. Throws `SensorBlindError`. */
export function parseIdleTime(text: string): number {
  const times = [...text.matchAll(/"HIDIdleTime" = (\d+)\b/g)].map(([, nanoseconds]) => Number(nanoseconds));
  if (times.length === 0) throw new SensorBlindError('ioreg shows no HIDIdleTime');
  return Math.min(...times) / NANOSECONDS_PER_SECOND;
}

/** Of `pmset -g batt`. A UPS that is drawn from is a battery. Throws `SensorBlindError`. */
export function parsePowerSource(text: string): PowerSource {
  const source = /^Now drawing from '([^']+)'/m.exec(text)?.[1];
  if (source === 'AC Power') return 'mains';
  if (source === 'Battery Power' || source === 'UPS Power') return 'battery';
  throw new SensorBlindError('pmset does not say what the machine draws from');
}

/** Bytes that macOS could give away at once, of `vm_stat`. Throws `SensorBlindError`. */
export function parseAvailableMemory(text: string): number {
  const pageBytes = Number(/page size of (\d+) bytes/.exec(text)?.[1]);
  const pages = ['free', 'inactive', 'speculative'].map((kind) =>
    Number(new RegExp(`^Pages ${kind}: +(\\d+)\\.`, 'm').exec(text)?.[1]),
  );
  const bytes = pages.reduce((sum, count) => sum + count, 0) * pageBytes;
  if (Number.isNaN(bytes))
    throw new SensorBlindError('vm_stat does not show free, inactive and speculative pages');
  return bytes;
}

/** Of `ps -axo pid=,comm=`: a number and a path, which may have blanks. */
export function parseProcesses(text: string): readonly RunningProcess[] {
  return [...text.matchAll(/^ *(\d+) (.+)$/gm)].map(([, pid, path = '']) => ({
    pid: Number(pid),
    names: [basename(path.trim())],
  }));
}
