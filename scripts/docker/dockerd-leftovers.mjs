import { existsSync, readFileSync, rmSync } from 'node:fs';

/**
 * What a dockerd leaves that did not end properly, and that keeps the next one from starting: it believes a pid file
 * as long as any process has that pid, and waits in vain for a containerd that is gone.
 */
const DOCKERD = { pidFile: '/var/run/docker.pid', program: 'dockerd', others: ['/var/run/docker.sock'] };
const CONTAINERD = {
  pidFile: '/var/run/docker/containerd/containerd.pid',
  program: 'containerd',
  others: [
    '/var/run/docker/containerd/containerd.sock',
    '/var/run/docker/containerd/containerd.sock.ttrpc',
    '/var/run/docker/containerd/containerd-debug.sock',
  ],
};

/**
 * Removes the files of dead daemons; those of a living one stay.
 * @returns {boolean} whether a dockerd lives (one that does not answer, or not yet)
 */
export function removeDockerdLeftovers() {
  for (const daemon of [CONTAINERD, DOCKERD]) {
    if (!lives(daemon)) for (const file of [daemon.pidFile, ...daemon.others]) rmSync(file, { force: true });
  }
  return lives(DOCKERD);
}

/** @param {{ pidFile: string, program: string }} daemon */
function lives({ pidFile, program }) {
  if (!existsSync(pidFile)) return false;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  return nameOf(pid) === program;
}

/** @param {number} pid */
function nameOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
