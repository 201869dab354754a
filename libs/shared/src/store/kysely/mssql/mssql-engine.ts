import {
  type RawBuilder,
  type Selectable,
  type SelectQueryBuilder,
  sql,
  type Transaction,
  type UpdateQueryBuilder,
  type UpdateResult,
} from 'kysely';
import type mssql from 'mssql';
import { UnavailableError } from '../../../domain/errors.js';
import { type DatabaseFault, Engine } from '../engine.js';
import type { ColumnTypes } from '../migrations/column-types.js';
import type { Schema } from '../schema.js';
import { MssqlPoolDialect } from './mssql-dialect.js';
import { classifyMssqlError } from './mssql-faults.js';
import { DDL_TYPES } from './mssql-types.js';

/** Shorter than the driver waits for an answer. */
const MIGRATION_LOCK_TIMEOUT_MS = 25_000;

const columnTypes: ColumnTypes = {
  id: sql.raw(DDL_TYPES.id),
  word: sql.raw(DDL_TYPES.word),
  name: sql.raw(DDL_TYPES.name),
  key: sql.raw(DDL_TYPES.key),
  text: sql.raw(DDL_TYPES.text),
  time: sql.raw(DDL_TYPES.time),
  int: sql.raw(DDL_TYPES.int),
  bigint: sql.raw(DDL_TYPES.bigint),
  float: sql.raw(DDL_TYPES.float),
  flag: sql.raw(DDL_TYPES.flag),
  finish: (table) => table,
  // A primary key is clustered here anyway.
  finishClustered: (table) => table,
};

/** SQL Server, in the plain T-SQL that other TDS servers speak too. */
export class MssqlEngine extends Engine {
  readonly name = 'mssql';
  readonly columnTypes = columnTypes;

  /** @param createPool makes a pool that is not connected yet */
  constructor(private readonly createPool: () => mssql.ConnectionPool) {
    super();
  }

  createDialect(): MssqlPoolDialect {
    return new MssqlPoolDialect(this.createPool);
  }

  now(): RawBuilder<Date> {
    // To the millisecond everywhere: the clock's own 100 ns would be rounded differently when stored and when compared.
    return sql<Date>`cast(sysutcdatetime() as datetime2(3))`;
  }

  secondsAgo(seconds: number): RawBuilder<Date> {
    // DATEADD counts in int: milliseconds alone would end at 24 days.
    const whole = Math.floor(seconds);
    const restMs = Math.round((seconds - whole) * 1000);
    return sql<Date>`dateadd(second, ${-whole}, dateadd(millisecond, ${-restMs}, ${this.now()}))`;
  }

  first(count: number) {
    return <DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>) => query.top(count);
  }

  byIndex<T extends keyof Schema>(table: T) {
    // The server counts rows, and needs no telling.
    return sql<Selectable<Schema[T]>>`${sql.table(table)}`.as('row');
  }

  async changed<T extends keyof Schema, C extends keyof Selectable<Schema[T]> & string>(
    query: UpdateQueryBuilder<Schema, T, T, UpdateResult>,
    columns: readonly C[],
  ): Promise<Pick<Selectable<Schema[T]>, C>[]> {
    // Each with its alias: some servers fold the case of a name that has none.
    const outputs = columns.map((column) => `inserted.${column} as ${column}`);
    const rows: unknown[] = await query.output(outputs as never).execute();
    return rows as Pick<Selectable<Schema[T]>, C>[];
  }

  async lockMigrations(transaction: Transaction<Schema>): Promise<void> {
    const { rows } = await sql<{ result: number }>`
      declare @result int;
      exec @result = sp_getapplock @Resource = 'nightjar_migrations', @LockMode = 'Exclusive',
        @LockOwner = 'Transaction', @LockTimeout = ${sql.lit(MIGRATION_LOCK_TIMEOUT_MS)};
      select @result as [result]
    `.execute(transaction);
    // 0: at once; 1: after waiting; negative: not.
    if ((rows[0]?.result ?? -1) >= 0) return;
    throw new UnavailableError('Another process has been migrating the database for too long.');
  }

  classify(error: unknown): DatabaseFault {
    return classifyMssqlError(error);
  }
}
