import { thisHost, type ProcessHost } from './process-host.js';

/** Kills a process and what it started, so far as that stayed in its group. That it is gone already is as good. */
export async function killProcessTree(pid: number, host: ProcessHost = thisHost): Promise<void> {
  if (host.platform === 'win32') {
    await host.run('taskkill', ['/PID', String(pid), '/T', '/F']).catch(() => undefined);
    return;
  }
  kill(-pid, host);
}

/** SIGKILL to a process, or to a group by its negative id. */
export function kill(pid: number, host: ProcessHost = thisHost): void {
  try {
    host.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
