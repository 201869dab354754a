import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import type { SQLInputValue } from 'node:sqlite';
import { isBulkWrite } from '../bulk-write.js';
import { writeRows } from './sqlite-bulk.js';
import { whenNotBusy } from './sqlite-busy.js';
import type { SqliteFile, SqliteHandle } from './sqlite-file.js';

/**
 * What Kysely takes for a connection; it opens nothing.
 * Outside a transaction, SELECTs go to the reading connection at once and everything else waits for its turn to write.
 * `begin` takes the turn and keeps it until `commit` or `rollback`.
 */
export class SqliteConnection implements DatabaseConnection {
  private endTurn: (() => void) | null = null;

  constructor(private readonly file: SqliteFile) {}

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.endTurn) return run<R>(this.file.writer, query);
    if (query.query.kind === 'SelectQueryNode') return whenNotBusy(() => run<R>(this.file.reader, query));
    const endTurn = await this.file.writing.lock();
    try {
      return await whenNotBusy(() => run<R>(this.file.writer, query));
    } finally {
      endTurn();
    }
  }

  async begin(): Promise<void> {
    const endTurn = await this.file.writing.lock();
    try {
      // IMMEDIATE: the right to write is had from the start, so no statement of the transaction can find the file busy.
      await whenNotBusy(() => this.file.writer.database.exec('BEGIN IMMEDIATE'));
      this.endTurn = endTurn;
    } catch (error) {
      endTurn();
      throw error;
    }
  }

  commit(): void {
    this.file.writer.database.exec('COMMIT');
    this.leave();
  }

  rollback(): void {
    // SQLite has rolled back by itself after some errors (a full disk, for example).
    if (this.file.writer.database.isTransaction) this.file.writer.database.exec('ROLLBACK');
    this.leave();
  }

  // eslint-disable-next-line require-yield -- the interface wants a generator
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('The stores read pages, not streams.');
  }

  private leave(): void {
    this.endTurn?.();
    this.endTurn = null;
  }
}

function run<R>(handle: SqliteHandle, query: CompiledQuery): QueryResult<R> {
  if (isBulkWrite(query)) {
    return { rows: [], numAffectedRows: BigInt(writeRows(handle, query.target, query.rows)) };
  }
  const { statement, returnsRows } = handle.statements.get(query.sql);
  const parameters = query.parameters.map(toSqlite);
  if (returnsRows) {
    const rows = statement.all(...parameters) as R[];
    return { rows, numAffectedRows: BigInt(rows.length) };
  }
  return { rows: [], numAffectedRows: BigInt(statement.run(...parameters).changes) };
}

/** SQLite has neither dates nor booleans. */
function toSqlite(value: unknown): SQLInputValue {
  if (value === undefined) return null;
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value as SQLInputValue;
}
