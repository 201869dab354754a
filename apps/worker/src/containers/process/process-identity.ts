import { readdir, readFile } from 'node:fs/promises';
import { thisHost, type ProcessHost } from './process-host.js';

/**
 * Which process a pid stands for: the moment of its start, in the system's own words; undefined when there is none.
 * Pids are given out again, so a pid from an earlier life proves nothing. Pid and start together do.
 */
export async function processIdentity(
  pid: number,
  host: ProcessHost = thisHost,
): Promise<string | undefined> {
  try {
    if (host.platform === 'linux') return await linuxIdentity(pid);
    if (host.platform === 'win32') return await windowsIdentity(pid, host);
    return await posixIdentity(pid, host);
  } catch {
    return undefined;
  }
}

async function linuxIdentity(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold anything: fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  if (state === 'Z') return undefined;
  // Ticks count from the machine's start.
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  return `${boot.trim()}:${startTicks}`;
}

async function posixIdentity(pid: number, host: ProcessHost): Promise<string | undefined> {
  const stdout = await host.run('ps', ['-o', 'lstart=', '-p', String(pid)]);
  return stdout.trim() || undefined;
}

async function windowsIdentity(pid: number, host: ProcessHost): Promise<string | undefined> {
  const command = `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`;
  const stdout = await host.run('powershell', ['-NoProfile', '-Command', command]);
  return stdout.trim() || undefined;
}

/**
 * The processes whose environment has this entry (`NAME=value`): also those that left their parent's group.
 * Only on Linux, and only those of this account; none elsewhere.
 */
export async function processesWithEnvironment(
  entry: string,
  host: ProcessHost = thisHost,
): Promise<number[]> {
  if (host.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const matches = await Promise.all(pids.map((pid) => hasEnvironment(pid, entry)));
  return pids.filter((_pid, index) => matches[index]);
}

async function hasEnvironment(pid: number, entry: string): Promise<boolean> {
  try {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1');
    return environment.split('\0').includes(entry);
  } catch {
    return false; // Ended meanwhile, or somebody else's.
  }
}
