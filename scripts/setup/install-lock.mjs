import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isStillThatProcess, processIdentity } from '../services/process-identity.mjs';

const LOOK_MS = 500;

/**
 * Does something that only one process may do at a time, and waits as long as another does it: two `npm ci` in one folder
 * delete each other's packages. Works with the oldest Node that scripts start from, which has no SQLite yet.
 * @template T
 * @param {string} file made for as long as it takes; one that a killed process left is taken over
 * @param {() => T} work
 * @returns {T}
 */
export function exclusively(file, work) {
  while (!taken(file)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
  try {
    return work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** @param {string} file */
function taken(file) {
  try {
    writeFileSync(file, JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) }), {
      flag: 'wx',
    });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    if (!isHeld(file)) rmSync(file, { force: true });
    return false;
  }
}

/** @param {string} file */
function isHeld(file) {
  try {
    const { pid, identity } = JSON.parse(readFileSync(file, 'utf8'));
    // Where processes have no identity, the file is believed: waiting in vain is better than deleting packages.
    return identity === undefined || isStillThatProcess(pid, identity);
  } catch {
    return true; // Just being written, or just removed: the next look tells.
  }
}
