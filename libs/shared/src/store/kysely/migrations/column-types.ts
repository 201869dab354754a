import type { CreateTableBuilder, RawBuilder } from 'kysely';

type ColumnType = RawBuilder<unknown>;

/** The column types of a dialect, by what they hold. */
export interface ColumnTypes {
  /** A UUIDv7 as its 36 characters. */
  readonly id: ColumnType;
  /** One of a few known words, such as a state. */
  readonly word: ColumnType;
  /** A name that is compared exactly, at most 128 characters. */
  readonly name: ColumnType;
  /** A client's key or another word of a client's that is compared exactly, at most 255 characters. */
  readonly key: ColumnType;
  /** Text of any length, JSON too. Never compared. */
  readonly text: ColumnType;
  /** UTC, to the millisecond. */
  readonly time: ColumnType;
  readonly int: ColumnType;
  readonly bigint: ColumnType;
  readonly float: ColumnType;
  readonly flag: ColumnType;
  /** For `$call` at a table's end: what every table gets. */
  readonly finish: <TB extends string, C extends string>(
    table: CreateTableBuilder<TB, C>,
  ) => CreateTableBuilder<TB, C>;
  /** The same for a table whose rows are small and always found by their key: the key's tree is the table. */
  readonly finishClustered: <TB extends string, C extends string>(
    table: CreateTableBuilder<TB, C>,
  ) => CreateTableBuilder<TB, C>;
}
