import { InvalidInputError } from '../../../domain/errors.js';
import type { JsonValue } from '../../../domain/json.js';
import type { Row } from '../../row-source.js';

/** What a column holds, where the value does not say it itself. */
export type ColumnKind = 'date' | 'time' | 'other';

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** Throws `InvalidInputError`: each column of a query must have a name of its own, since items are objects. */
export function checkColumns(columns: readonly Column[]): void {
  if (columns.length === 0) throw new InvalidInputError('query: it gives no rows. Make it a SELECT.');
  const seen = new Set<string>();
  columns.forEach(({ name }, index) => {
    if (name === '') throw new InvalidInputError(`query: column ${index + 1} has no name: give it one (AS).`);
    if (seen.has(name)) {
      throw new InvalidInputError(`query: two columns are called "${name}": give one another name (AS).`);
    }
    seen.add(name);
  });
}

/** A row of values as an object. */
export function toRow(columns: readonly Column[], values: readonly unknown[]): Row {
  return Object.fromEntries(columns.map(({ name, kind }, index) => [name, toJsonValue(values[index], kind)]));
}

export function toJsonValue(value: unknown, kind: ColumnKind): JsonValue {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return dateText(value, kind);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'bigint') return wholeNumber(value);
  // JSON has no infinity.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}

/** A number while that is exact. */
export function wholeNumber(value: bigint): number | string {
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : value.toString();
}

function dateText(value: Date, kind: ColumnKind): string {
  const text = value.toISOString();
  if (kind === 'date') return text.slice(0, 10);
  return kind === 'time' ? text.slice(11, 23) : text;
}
