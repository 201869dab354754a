import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

/** Long enough for a commit of a few thousand rows to be waited for. */
const BUSY_TIMEOUT_MS = 5_000;

/** Reads from an installation's SQLite file beside the processes that write it; nothing is changed. */
export function queryRows<Row>(
  databaseUrl: string,
  statement: string,
  ...parameters: readonly SQLInputValue[]
): Row[] {
  const path = databaseUrl.replace(/^sqlite:/, '');
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    // Whoever asks names what the columns are.
    return database.prepare(statement).all(...parameters) as Row[];
  } finally {
    database.close();
  }
}

/** One number, such as a count. */
export function queryNumber(
  databaseUrl: string,
  statement: string,
  ...parameters: readonly SQLInputValue[]
): number {
  const [row] = queryRows<Record<string, number>>(databaseUrl, statement, ...parameters);
  return Object.values(row ?? {})[0] ?? Number.NaN;
}
