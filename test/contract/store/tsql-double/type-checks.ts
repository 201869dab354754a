import mssql from 'mssql';

const INT_LIMIT = 2 ** 31;

/** Throws what the driver or the server would say of a value that does not fit its type. */
export function checkParameter(type: mssql.ISqlType, value: unknown): void {
  if (value === undefined) throw new Error('A parameter is undefined');
  if (value !== null) checkValue(type.type, lengthOf(type), value);
}

export function checkBulkValue(column: mssql.IColumn, value: unknown): void {
  if (value === undefined) throw new Error(`${column.name} is undefined`);
  // Such a null is caught by the staging table's NOT NULL.
  if (value !== null) checkValue(column.type, lengthOf(column), value);
}

/** The driver's types leave it out. */
function lengthOf(typed: object): number | undefined {
  return 'length' in typed ? (typed.length as number | undefined) : undefined;
}

function checkValue(type: unknown, length: number | undefined, value: unknown): void {
  if (!fits(type, length, value))
    throw new Error(`${String(value)} is no ${(type as { name?: string }).name}`);
}

function fits(type: unknown, length: number | undefined, value: unknown): boolean {
  switch (type) {
    case mssql.NVarChar:
      return typeof value === 'string' && (length === mssql.MAX || value.length <= (length ?? 4000));
    case mssql.DateTime2:
      return value instanceof Date && !Number.isNaN(value.getTime());
    case mssql.Bit:
      return typeof value === 'boolean';
    case mssql.Int:
      return Number.isInteger(value) && Math.abs(value as number) < INT_LIMIT;
    case mssql.BigInt:
      return Number.isSafeInteger(value) || typeof value === 'bigint';
    case mssql.Float:
      return typeof value === 'number' && Number.isFinite(value);
    default:
      return false;
  }
}
