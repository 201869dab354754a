import { basename, join } from 'node:path';
import type { RunningProcess } from '../machine-sensors.js';
import { isGone, listIfThere, readIfThere } from './files.js';

/** Read at a time, so that a thousand processes do not take a thousand file handles. */
const AT_A_TIME = 64;

/** All processes by the two names that Linux shows: the kernel's (cut at 15 characters) and the program on the command line. */
export async function readProcesses(proc: string): Promise<readonly RunningProcess[]> {
  const pids = (await listIfThere(proc)).filter((name) => /^\d+$/.test(name));
  const processes: (RunningProcess | null)[] = [];
  for (let at = 0; at < pids.length; at += AT_A_TIME)
    processes.push(
      ...(await Promise.all(pids.slice(at, at + AT_A_TIME).map((pid) => readProcess(proc, pid)))),
    );
  return processes.filter((found) => found !== null);
}

async function readProcess(proc: string, pid: string): Promise<RunningProcess | null> {
  try {
    const [name, commandLine] = await Promise.all([
      readIfThere(join(proc, pid, 'comm')),
      readIfThere(join(proc, pid, 'cmdline')),
    ]);
    return name === null ? null : { pid: Number(pid), names: namesOf(name, commandLine ?? '') };
  } catch (error) {
    // Some systems hide other people's processes; those can't be seen, the rest can.
    if (isGone(error) || (error as NodeJS.ErrnoException).code === 'EACCES') return null;
    throw error;
  }
}

/** A Windows program under Wine has a path with backslashes. */
export function namesOf(name: string, commandLine: string): readonly string[] {
  const [program = ''] = commandLine.split('\0');
  const names = [name.trim(), basename(program.replaceAll('\\', '/'))];
  return [...new Set(names.filter((candidate) => candidate !== ''))];
}
