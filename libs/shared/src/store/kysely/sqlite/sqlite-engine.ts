import {
  type RawBuilder,
  type SelectQueryBuilder,
  type Selectable,
  sql,
  type UpdateQueryBuilder,
  type UpdateResult,
} from 'kysely';
import { type DatabaseFault, Engine } from '../engine.js';
import type { ColumnTypes } from '../migrations/column-types.js';
import type { Schema } from '../schema.js';
import { isBusy, sqliteErrorCode } from './sqlite-busy.js';
import { NodeSqliteDialect } from './sqlite-dialect.js';

/** Extended result codes: https://sqlite.org/rescode.html */
const CONSTRAINT_PRIMARYKEY = 1555;
const CONSTRAINT_UNIQUE = 2067;
/** Primary ones: read-only, input/output error, corrupt, full, can't open, not a database. */
const UNUSABLE = new Set([8, 10, 11, 13, 14, 26]);

const text = sql`text`;
const integer = sql`integer`;

const columnTypes: ColumnTypes = {
  id: text,
  word: text,
  name: text,
  key: text,
  text,
  time: integer,
  int: integer,
  bigint: integer,
  float: sql`real`,
  flag: integer,
  finish: (table) => table.modifyEnd(sql`strict`),
  finishClustered: (table) => table.modifyEnd(sql`strict, without rowid`),
};

/** SQLite: the embedded default. Times are integers, milliseconds since 1970. */
export class SqliteEngine extends Engine {
  readonly name = 'sqlite';
  readonly columnTypes = columnTypes;

  constructor(private readonly path: string) {
    super();
  }

  createDialect(): NodeSqliteDialect {
    return new NodeSqliteDialect(this.path);
  }

  now(): RawBuilder<Date> {
    // `unixepoch` gives a floating-point number of seconds: rounded, so that .999… does not lose a millisecond.
    return sql<Date>`cast(round(unixepoch('subsec') * 1000) as integer)`;
  }

  secondsAgo(seconds: number): RawBuilder<Date> {
    return sql<Date>`${this.now()} - ${Math.round(seconds * 1000)}`;
  }

  first(count: number) {
    return <DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>) => query.limit(count);
  }

  byIndex<T extends keyof Schema>(table: T, index: string) {
    const alias = sql`${sql.ref('row')} indexed by ${sql.ref(index)}`;
    return sql<Selectable<Schema[T]>>`${sql.table(table)}`.as<'row'>(alias);
  }

  async changed<T extends keyof Schema, C extends keyof Selectable<Schema[T]> & string>(
    query: UpdateQueryBuilder<Schema, T, T, UpdateResult>,
    columns: readonly C[],
  ): Promise<Pick<Selectable<Schema[T]>, C>[]> {
    const rows: unknown[] = await query.returning(columns as never).execute();
    return rows as Pick<Selectable<Schema[T]>, C>[];
  }

  async lockMigrations(): Promise<void> {
    // Every transaction here is BEGIN IMMEDIATE: others wait already.
  }

  classify(error: unknown): DatabaseFault {
    const code = sqliteErrorCode(error);
    if (code === null) return 'other';
    if (code === CONSTRAINT_PRIMARYKEY || code === CONSTRAINT_UNIQUE) return 'duplicate';
    return isBusy(error) || UNUSABLE.has(code & 0xff) ? 'unavailable' : 'other';
  }
}
