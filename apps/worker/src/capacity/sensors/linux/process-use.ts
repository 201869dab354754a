import { join } from 'node:path';
import type { OwnUsePart } from '../own-use.js';
import { listIfThere, readIfThere } from './files.js';

const TICKS_PER_SECOND = 100;
const KIB = 1024;

/** What /proc/<pid>/stat says of a process. */
export interface ProcessStat {
  readonly pid: number;
  readonly parentPid: number;
  readonly cpuSeconds: number;
  /** In ticks since the machine's start: with the number, it names a process for good. */
  readonly startedAtTicks: string;
}

/**
 * What the given processes, and all that they have started, use: a part each. For functions that run as plain processes, and
 * for a worker itself. A process whose parent has ended is no longer found by it, and counts as the owner's.
 */
export async function readProcessUse(proc: string, roots: readonly number[]): Promise<readonly OwnUsePart[]> {
  const pids = (await listIfThere(proc)).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readIfThere(join(proc, pid, 'stat'))));
  const ours = withDescendants(
    stats.flatMap((text) => (text === null ? [] : [parseProcessStat(text)])),
    roots,
  );
  const parts = await Promise.all(ours.map((stat) => partOf(proc, stat)));
  return parts.filter((part) => part !== null);
}

/** The processes with the given numbers, and those that they have started, at whatever remove. */
export function withDescendants(
  stats: readonly ProcessStat[],
  roots: readonly number[],
): readonly ProcessStat[] {
  const children = Map.groupBy(stats, ({ parentPid }) => parentPid);
  const found = stats.filter(({ pid }) => roots.includes(pid));
  const seen = new Set(found.map(({ pid }) => pid));
  // Grows while it is walked.
  for (const { pid } of found)
    for (const child of children.get(pid) ?? [])
      if (!seen.has(child.pid)) {
        seen.add(child.pid);
        found.push(child);
      }
  return found;
}

/** The name is in brackets and may have anything in it, brackets too: what counts begins after the last one. */
export function parseProcessStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [, parentPid] = fields;
  const [userTicks, systemTicks] = fields.slice(11, 13).map(Number);
  return {
    pid: Number.parseInt(text, 10),
    parentPid: Number(parentPid),
    cpuSeconds: ((userTicks ?? NaN) + (systemTicks ?? NaN)) / TICKS_PER_SECOND,
    startedAtTicks: fields[19] ?? '',
  };
}

/** Null when it has ended by now. Pages that it shares with others are nobody's: counted for each, they would hide the owner's. */
async function partOf(
  proc: string,
  { pid, cpuSeconds, startedAtTicks }: ProcessStat,
): Promise<OwnUsePart | null> {
  const status = await readIfThere(join(proc, String(pid), 'status'));
  if (status === null) return null;
  const memoryBytes = Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * KIB;
  return { id: `process ${pid} of ${startedAtTicks}`, cpuSeconds, memoryBytes, pids: [pid] };
}
