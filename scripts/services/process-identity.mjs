import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Says which process a pid stands for: the moment it started, in the system's own words.
 *
 * Pids are given out again, so a pid in a file from an earlier run proves nothing. Pid and start together do.
 * @param {number} pid
 * @returns {string | undefined} undefined when there is no such process (or the system can't tell)
 */
export function processIdentity(pid) {
  if (process.platform === 'linux') return linuxIdentity(pid);
  if (process.platform === 'win32') return undefined;
  const ps = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return ps.status === 0 ? ps.stdout.trim() : undefined;
}

/** @param {number} pid */
function linuxIdentity(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything: fields are counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]];
    if (state === 'Z') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}:${startTicks}`;
  } catch {
    return undefined;
  }
}

/**
 * @param {number} pid
 * @param {string} identity as `processIdentity` gave it
 */
export function isStillThatProcess(pid, identity) {
  return processIdentity(pid) === identity;
}
