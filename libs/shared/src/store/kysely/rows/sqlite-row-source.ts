import { access } from 'node:fs/promises';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { InvalidInputError, UnavailableError } from '../../../domain/errors.js';
import { type Row, type RowParameters, RowSource } from '../../row-source.js';
import { isBusy, sqliteErrorCode } from '../sqlite/sqlite-busy.js';
import { checkParameters, checkQuery } from './check-query.js';
import { checkColumns, toRow, type Column } from './row-values.js';

const BUSY_TIMEOUT_MS = 1000;

/**
 * A SQLite file, opened to read only. Its rows come one by one from an iterator: the process is held up only for the time that a
 * row takes, which is long where the first one needs all others (ORDER BY without an index).
 */
export class SqliteRowSource extends RowSource {
  private database: DatabaseSync | null = null;

  constructor(private readonly path: string) {
    super();
  }

  async *rows(query: string, parameters: RowParameters): AsyncGenerator<Row> {
    checkQuery(query);
    checkParameters(query, parameters);
    const database = await this.open();
    try {
      yield* rowsOf(database, query, parameters);
    } catch (error) {
      throw toOurs(error);
    }
  }

  async close(): Promise<void> {
    if (this.database?.isOpen) this.database.close();
    this.database = null;
  }

  private async open(): Promise<DatabaseSync> {
    if (this.database) return this.database;
    try {
      await access(this.path);
      this.database = new DatabaseSync(this.path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
      return this.database;
    } catch (error) {
      throw new UnavailableError(`The SQLite file can't be opened: ${messageOf(error)}`, [], {
        cause: error,
      });
    }
  }
}

function* rowsOf(database: DatabaseSync, query: string, parameters: RowParameters): Generator<Row> {
  const statement = database.prepare(query);
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  // What every run offers (its business date) need not be used.
  statement.setAllowUnknownNamedParameters(true);
  const columns = statement.columns().map(({ name }): Column => ({ name, kind: 'other' }));
  checkColumns(columns);
  for (const values of statement.iterate(bound(parameters))) {
    yield toRow(columns, values as unknown as readonly unknown[]);
  }
}

/** SQLite has no booleans, and a whole number that comes as one must not become 5.0. */
function bound(parameters: RowParameters): Record<string, SQLInputValue> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      if (typeof value === 'boolean') return [name, value ? 1 : 0];
      return [name, Number.isSafeInteger(value) ? BigInt(value as number) : value];
    }),
  );
}

function toOurs(error: unknown): unknown {
  if (sqliteErrorCode(error) === null) return error;
  if (isBusy(error)) return new UnavailableError(`The SQLite file is busy: ${messageOf(error)}`);
  return new InvalidInputError(`query: SQLite says: ${messageOf(error)}.`, [], { cause: error });
}

function messageOf(error: unknown): string {
  return (error as Error).message;
}
