import type {
  AliasedRawBuilder,
  Dialect,
  RawBuilder,
  SelectQueryBuilder,
  Selectable,
  Transaction,
  UpdateQueryBuilder,
  UpdateResult,
} from 'kysely';
import type { ColumnTypes } from './migrations/column-types.js';
import type { Schema } from './schema.js';

/**
 * What the database meant by an error:
 * `retry` (a deadlock, a lost race, busy: the same again may work) · `duplicate` (a unique key: somebody else was first)
 * · `unavailable` (it can't be reached) · `other` (the statement is at fault).
 */
export type DatabaseFault = 'retry' | 'duplicate' | 'unavailable' | 'other';

type TableName = keyof Schema;

/** The few things that the two SQL dialects say differently. Everything else is written once. */
export abstract class Engine {
  abstract readonly name: 'sqlite' | 'mssql';
  abstract readonly columnTypes: ColumnTypes;
  /** Made once per Kysely instance. */
  abstract createDialect(): Dialect;
  /** The database's own time, UTC, to the millisecond. */
  abstract now(): RawBuilder<Date>;
  /** The database's time so many seconds ago. */
  abstract secondsAgo(seconds: number): RawBuilder<Date>;
  /** The first `count` rows, for `$call`: T-SQL has no LIMIT. */
  abstract first(
    count: number,
  ): <DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>) => SelectQueryBuilder<DB, TB, O>;
  /**
   * A table, as `row`, to be read by this index. SQLite's planner does not know how many rows a table has: where it would choose the
   * primary key though that means reading most of a batch's items, it is told.
   */
  abstract byIndex<T extends TableName>(
    table: T,
    index: string,
  ): AliasedRawBuilder<Selectable<Schema[T]>, 'row'>;
  /** Carries out an UPDATE and gives these columns of the rows that it changed, as they are after it. */
  abstract changed<T extends TableName, C extends keyof Selectable<Schema[T]> & string>(
    query: UpdateQueryBuilder<Schema, T, T, UpdateResult>,
    columns: readonly C[],
  ): Promise<Pick<Selectable<Schema[T]>, C>[]>;
  /** Makes other processes that want to migrate wait until this transaction ends. */
  abstract lockMigrations(transaction: Transaction<Schema>): Promise<void>;
  abstract classify(error: unknown): DatabaseFault;
}
