import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel counts processor time in: `USER_HZ`, 100 a second on Linux whatever its own tick is. */
const TICKS_PER_SECOND = 100;

/** Processor seconds, in user and kernel mode, by who used them. */
export type ProcessorSeconds = Readonly<Record<string, number>>;

/** A share of the machine: the processes whose command line it accepts. */
export interface ProcessGroup {
  readonly name: string;
  readonly accepts: (commandLine: string, pid: number) => boolean;
}

/**
 * What groups of processes have used since they began (Linux; nothing elsewhere).
 * A process counts for the first group that accepts it.
 */
export function processorSeconds(groups: readonly ProcessGroup[]): ProcessorSeconds {
  const used = Object.fromEntries(groups.map(({ name }) => [name, 0]));
  if (process.platform !== 'linux') return used;
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const found = look(Number(pid), groups);
    if (found) used[found.group] = (used[found.group] ?? 0) + found.seconds;
  }
  return used;
}

/** Microseconds a piece of work that groups have used between two looks, in words for the log. */
export function perPiece(before: ProcessorSeconds, after: ProcessorSeconds, pieces: number): string {
  return Object.keys(after)
    .map((name) => {
      const seconds = (after[name] ?? 0) - (before[name] ?? 0);
      return `${name} ${Math.round((seconds / pieces) * 1e6)} µs`;
    })
    .join(', ');
}

function look(
  pid: number,
  groups: readonly ProcessGroup[],
): { readonly group: string; readonly seconds: number } | undefined {
  try {
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    const group = groups.find(({ accepts }) => accepts(commandLine, pid));
    if (!group) return undefined;
    return { group: group.name, seconds: secondsOf(readFileSync(`/proc/${pid}/stat`, 'utf8')) };
  } catch {
    return undefined; // It ended meanwhile.
  }
}

/** The 14th and 15th field of `/proc/<pid>/stat` (proc(5)); the second, the name, may hold spaces and parentheses. */
export function secondsOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
