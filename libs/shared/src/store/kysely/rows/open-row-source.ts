import { InvalidInputError } from '../../../domain/errors.js';
import type { RowSource } from '../../row-source.js';
import { type DatabaseLocation, parseDatabaseUrl } from '../database-url.js';

/** A report may think for long before its first row. */
const FIRST_ROW_TIMEOUT_MS = 600_000;

/**
 * A database to read from; it is opened with the first query.
 * Throws `InvalidInputError` that names the setting, and never its value, when the URL is malformed.
 * @param url like `DATABASE_URL`
 */
export async function openRowSource(name: string, url: string): Promise<RowSource> {
  const location = connectionLocation(name, url);
  if (location.kind === 'sqlite') {
    const { SqliteRowSource } = await import('./sqlite-row-source.js');
    return new SqliteRowSource(location.path);
  }
  const [{ MssqlRowSource }, { createPool }] = await Promise.all([
    import('./mssql-row-source.js'),
    import('../mssql/mssql-pool.js'),
  ]);
  const reading = { readOnly: true, requestTimeoutMs: FIRST_ROW_TIMEOUT_MS, maxConnections: 1 };
  return new MssqlRowSource(() => createPool(location, reading));
}

/** Throws `InvalidInputError` that names the connection. */
export function connectionLocation(name: string, url: string): DatabaseLocation {
  try {
    return parseDatabaseUrl(url);
  } catch (error) {
    const message = (error as Error).message.replace('DATABASE_URL', `The connection "${name}"`);
    throw new InvalidInputError(message, [], { cause: error });
  }
}
