import sql from 'mssql';
import type { BulkColumnKind } from '../bulk-write.js';

/**
 * Text that is compared is compared byte by byte, as SQLite does it: otherwise "Key" and "key" would be one key here and two there,
 * and the order of ids, by which lists are paged, would depend on the server's language.
 */
const EXACT = 'collate latin1_general_bin2';

/**
 * What stands in DDL, by what a column holds. Ids are nvarchar and not uniqueidentifier, because SQL Server orders the latter by its
 * last six bytes: UUIDv7 would lose its order by time, on which paging and insertion at the index's end rest.
 */
export const DDL_TYPES: Readonly<Record<BulkColumnKind, string>> = {
  id: `nvarchar(36) ${EXACT}`,
  word: `nvarchar(32) ${EXACT}`,
  name: `nvarchar(128) ${EXACT}`,
  key: `nvarchar(255) ${EXACT}`,
  text: 'nvarchar(max)',
  time: 'datetime2(3)',
  int: 'int',
  bigint: 'bigint',
  float: 'float',
  flag: 'bit',
};

/** The same as the driver calls it. */
export const DRIVER_TYPES: Readonly<Record<BulkColumnKind, () => sql.ISqlType>> = {
  id: () => sql.NVarChar(36),
  word: () => sql.NVarChar(32),
  name: () => sql.NVarChar(128),
  key: () => sql.NVarChar(255),
  text: () => sql.NVarChar(sql.MAX),
  time: () => sql.DateTime2(3),
  int: () => sql.Int(),
  bigint: () => sql.BigInt(),
  float: () => sql.Float(),
  flag: () => sql.Bit(),
};

const MAX_SIZED_CHARACTERS = 4000;
const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;

/** The type of a statement's parameter. The driver's own guess for dates, `datetime`, would lose up to three milliseconds. */
export function parameterType(value: unknown): sql.ISqlType {
  if (value instanceof Date) return sql.DateTime2(3);
  if (typeof value === 'boolean') return sql.Bit();
  if (typeof value === 'bigint') return sql.BigInt();
  if (typeof value !== 'number') return textType(value);
  if (!Number.isInteger(value)) return sql.Float();
  return value >= INT_MIN && value <= INT_MAX ? sql.Int() : sql.BigInt();
}

/**
 * Two lengths only: the driver's own choice, each value's length, would fill the server's plan cache, and a comparison with
 * nvarchar(max) uses an index badly.
 */
function textType(value: unknown): sql.ISqlType {
  const isLong = typeof value === 'string' && value.length > MAX_SIZED_CHARACTERS;
  return isLong ? sql.NVarChar(sql.MAX) : sql.NVarChar(MAX_SIZED_CHARACTERS);
}
