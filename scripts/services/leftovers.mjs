import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isStillThatProcess, processIdentity } from './process-identity.mjs';

/** @typedef {{ name: string, pid: number, identity: string }} Recorded */

/** Longer than Redis needs to write its last data; a process that ignores SIGTERM gets SIGKILL then. */
const GRACE_MS = 15_000;
const LOOK_MS = 50;

/**
 * The list of processes that a start has running, in a file: what the next start finds there and still alive was left
 * by one that was killed (`kill -9`, a closed terminal), and would hold the ports and the data.
 */
export class Leftovers {
  /** @param {string} file */
  constructor(file) {
    this.file = file;
  }

  /**
   * @param {string} name
   * @param {number} pid
   */
  record(name, pid) {
    const identity = processIdentity(pid);
    if (identity === undefined) return;
    const others = this.#read().filter((entry) => entry.name !== name);
    this.#write([...others, { name, pid, identity }]);
  }

  /** @param {string} name */
  forget(name) {
    this.#write(this.#read().filter((entry) => entry.name !== name));
  }

  /**
   * Stops what an earlier start left running. Only with the start lock held: otherwise it may be somebody's present.
   * @returns {Promise<string[]>} the names of those stopped
   */
  async stopAll() {
    const alive = this.#read().filter(({ pid, identity }) => isStillThatProcess(pid, identity));
    // The last recorded first: a worker before the Redis that it hands its work back to.
    for (const entry of alive.reverse()) await stop(entry);
    rmSync(this.file, { force: true });
    return alive.map(({ name }) => name);
  }

  /** @returns {Recorded[]} */
  #read() {
    if (!existsSync(this.file)) return [];
    try {
      return JSON.parse(readFileSync(this.file, 'utf8'));
    } catch {
      return []; // Cut off in the middle of a write: nothing to be learned from it.
    }
  }

  /** @param {Recorded[]} entries */
  #write(entries) {
    writeFileSync(this.file, `${JSON.stringify(entries)}\n`);
  }
}

/** @param {Recorded} entry */
async function stop({ pid, identity }) {
  process.kill(pid, 'SIGTERM');
  const deadline = performance.now() + GRACE_MS;
  while (isStillThatProcess(pid, identity)) {
    if (performance.now() > deadline) {
      process.kill(pid, 'SIGKILL');
      return;
    }
    await sleep(LOOK_MS);
  }
}
