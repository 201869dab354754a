import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Holds a lock as long as this process lives.
 *
 * It is SQLite's own file lock, which the operating system drops when the process ends, however it ends: there is no
 * stale lock, and nobody has to judge a pid.
 */
export class FolderLock {
  #database;

  /** @param {import('node:sqlite').DatabaseSync} database @param {string} file */
  constructor(database, file) {
    this.#database = database;
    this.file = file;
  }

  release() {
    this.#database.close();
  }
}

/**
 * @param {string} file made when absent; holds nothing
 * @param {{ waitMs?: number }} [options] how long to wait for another process to let go
 * @returns {Promise<FolderLock | { heldBy: string }>}
 */
export async function takeLock(file, { waitMs = 0 } = {}) {
  const { DatabaseSync } = await import('node:sqlite');
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: waitMs });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isLocked(error)) throw error;
    return { heldBy: ownerOf(file) };
  }
  writeFileSync(ownerFile(file), `${process.pid}\n`);
  return new FolderLock(database, file);
}

/** @param {unknown} error */
function isLocked(error) {
  const SQLITE_BUSY = 5;
  return /** @type {{ errcode?: number }} */ (error).errcode === SQLITE_BUSY;
}

/** @param {string} file */
function ownerFile(file) {
  return `${file}.pid`;
}

/** @param {string} file */
function ownerOf(file) {
  try {
    return `process ${readFileSync(ownerFile(file), 'utf8').trim()}`;
  } catch {
    return 'another process';
  }
}
