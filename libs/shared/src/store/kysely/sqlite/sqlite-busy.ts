import { setTimeout as sleep } from 'node:timers/promises';

/** Primary result codes (https://sqlite.org/rescode.html): extended codes carry them in their lowest byte. */
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;

/** As long as SQL Server's driver waits for an answer by default; after it the caller hears that the database is unavailable. */
const MAX_WAIT_MS = 15_000;
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;

/** The extended result code of an error that SQLite gave, else null. */
export function sqliteErrorCode(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return null;
  return typeof error.errcode === 'number' ? error.errcode : null;
}

export function isBusy(error: unknown): boolean {
  const code = sqliteErrorCode(error);
  return code !== null && ((code & 0xff) === SQLITE_BUSY || (code & 0xff) === SQLITE_LOCKED);
}

/**
 * Tries again while another process writes. SQLite's own `busy_timeout` would wait too, but within the call: it would hold up
 * everything else that this process does.
 */
export async function whenNotBusy<T>(attempt: () => T): Promise<T> {
  const giveUpAt = performance.now() + MAX_WAIT_MS;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw error;
    }
    await sleep(pauseMs * (0.5 + Math.random()));
  }
}
