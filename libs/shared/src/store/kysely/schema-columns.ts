import type { ColumnType } from 'kysely';

/** A point in time: milliseconds since 1970 from SQLite, a `Date` from SQL Server; always a `Date` on the way in. */
export type TimeColumn = ColumnType<number | Date, Date, Date>;
export type NullableTimeColumn = ColumnType<number | Date | null, Date | null, Date | null>;
/** SQL Server's driver gives bigint as text. */
export type CountColumn = ColumnType<number | string, number, number>;
export type NullableCountColumn = ColumnType<number | string | null, number | null, number | null>;
/** 0 or 1 from SQLite. */
export type FlagColumn = ColumnType<number | boolean, boolean, boolean>;
export type NullableFlagColumn = ColumnType<number | boolean | null, boolean | null, boolean | null>;
/** JSON text, built and parsed in TypeScript only. */
export type JsonColumn = string;
