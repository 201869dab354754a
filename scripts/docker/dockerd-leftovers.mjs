import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a dockerd leaves that did not end properly, and that keeps the next one from starting: it believes a pid file
 * as long as any process has that pid, and waits in vain for a containerd that is gone.
 */
const DAEMONS = [
  {
    program: 'containerd',
    pidFile: 'docker/containerd/containerd.pid',
    others: ['containerd.sock', 'containerd.sock.ttrpc', 'containerd-debug.sock'].map(
      (f) => `docker/containerd/${f}`,
    ),
  },
  { program: 'dockerd', pidFile: 'docker.pid', others: ['docker.sock'] },
];

/**
 * Removes the files of dead daemons; those of a living one stay.
 * @param {string} [runFolder]
 * @returns {boolean} whether a dockerd lives (one that does not answer, or not yet)
 */
export function removeDockerdLeftovers(runFolder = '/var/run') {
  const alive = DAEMONS.filter(({ program, pidFile }) => lives(program, join(runFolder, pidFile)));
  for (const { pidFile, others } of DAEMONS.filter((daemon) => !alive.includes(daemon))) {
    for (const file of [pidFile, ...others]) rmSync(join(runFolder, file), { force: true });
  }
  return alive.some(({ program }) => program === 'dockerd');
}

/** @param {string} program @param {string} pidFile */
function lives(program, pidFile) {
  if (!existsSync(pidFile)) return false;
  return nameOf(Number(readFileSync(pidFile, 'utf8'))) === program;
}

/** @param {number} pid */
function nameOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
