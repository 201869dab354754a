import { CompiledQuery } from 'kysely';
import type { Schema } from './schema.js';

/**
 * How a column's values are given (and typed in a staging table): `id`, `name` and `text` are strings, `time` is milliseconds
 * since 1970, `flag` is a boolean.
 */
export type BulkColumnKind =
  'id' | 'word' | 'name' | 'key' | 'text' | 'time' | 'int' | 'bigint' | 'float' | 'flag';

export interface BulkColumn {
  readonly name: string;
  readonly kind: BulkColumnKind;
  readonly nullable?: boolean;
}

/** Where many rows go at once. A row whose key is there already is left out, unless `overwrite` lets it replace columns. */
export interface BulkTarget {
  readonly table: keyof Schema;
  readonly columns: readonly BulkColumn[];
  readonly key: readonly string[];
  readonly overwrite?: {
    readonly columns: readonly string[];
    /** The condition, given how the dialect names the stored row and the new one. */
    readonly when: (stored: string, fresh: string) => string;
  };
}

/**
 * The rows of a bulk write. They become values only when they are written, a few at a time: what is made of 10,000 rows at once
 * outlives the young generation of the heap, and collecting it costs more than inserting it.
 */
export interface BulkRows {
  readonly count: number;
  /** Puts the values of a row, in the target's order of columns, into `values` from `at` on. */
  fill(index: number, values: unknown[], at: number): void;
}

/** Rows of values that are there already, one row after another. */
export class FlatRows implements BulkRows {
  readonly count: number;

  constructor(
    private readonly flat: readonly unknown[],
    private readonly width: number,
  ) {
    this.count = flat.length / width;
  }

  fill(index: number, values: unknown[], at: number): void {
    const from = index * this.width;
    for (let column = 0; column < this.width; column++) values[at + column] = this.flat[from + column];
  }
}

/**
 * A statement that writes many rows. It goes through Kysely like any compiled query, so that it is part of the caller's
 * transaction, but both dialects' connections carry it out by their own fastest way: Kysely would compile each row anew,
 * which costs several times what the database does with it.
 */
export interface BulkWrite extends CompiledQuery {
  readonly target: BulkTarget;
  readonly rows: BulkRows;
}

/** `numAffectedRows` of its result is the number of rows that were inserted or overwritten. */
export function bulkWrite(target: BulkTarget, rows: BulkRows): BulkWrite {
  return { ...CompiledQuery.raw(`bulk write ${target.table}`), target, rows };
}

export function isBulkWrite(query: CompiledQuery): query is BulkWrite {
  return 'target' in query;
}
