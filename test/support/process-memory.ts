import { readFileSync } from 'node:fs';

const KIB = 1024;

/** What a process holds in memory now, bytes (Linux). */
export function residentBytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * KIB;
}
