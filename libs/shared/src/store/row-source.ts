import type { JsonValue } from '../domain/json.js';

/** A row by the names of its columns. */
export type Row = Readonly<Record<string, JsonValue>>;

/** By name, without the `@` that stands before it in the query. */
export type RowParameters = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Somebody else's database, to be read: a query's rows as they come, however many there are.
 *
 * Values become JSON so: dates with a time are ISO 8601 in UTC, dates alone `2026-11-30`, times alone `23:59:59.999`; whole numbers
 * past 2^53 are text with all their digits, so that none gets lost; decimals are numbers (about 15 digits: a query that needs more
 * makes text of them); binary values are base64; null stays null.
 */
export abstract class RowSource {
  /**
   * Carries out one query that gives rows. What it changes is not kept. Who stops reading ends it.
   * Throws `InvalidInputError` when the query is at fault (it fails, gives no rows, has columns without a name or with the same),
   * `UnavailableError` when the database is.
   */
  abstract rows(query: string, parameters: RowParameters): AsyncIterable<Row>;
  /** After the last query. */
  abstract close(): Promise<void>;
}

/** The databases that inputs may be read from, by the names that the installation gave them. */
export abstract class RowSources {
  /** Throws `InvalidInputError` that names those that there are. */
  abstract mustHave(connection: string): void;
  /** The caller closes it. Throws as `mustHave` does. */
  abstract open(connection: string): Promise<RowSource>;
}
