import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Kills a process and what it started, so far as that stayed in its group. That it is gone already is as good. */
export async function killProcessTree(pid: number): Promise<void> {
  if (process.platform === 'win32') {
    await promisify(execFile)('taskkill', ['/PID', String(pid), '/T', '/F']).catch(() => undefined);
    return;
  }
  kill(-pid);
}

/** SIGKILL to a process, or to a group by its negative id. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
