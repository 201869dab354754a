import { InvalidInputError } from '../../domain/errors.js';
import type { Page } from '../page.js';

const MAX_PAGE_ROWS = 1000;

/** Throws `InvalidInputError` unless it is a whole number from 1 to 1000. */
export function checkedLimit(limit: number): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_ROWS) {
    throw new InvalidInputError(`limit must be a whole number from 1 to ${MAX_PAGE_ROWS}; it is ${limit}.`);
  }
  return limit;
}

/** Makes a page of `limit` rows out of the `limit + 1` that were asked for: the one more says that there is a next page. */
export function toPage<Row extends { readonly id: string }>(rows: readonly Row[], limit: number): Page<Row> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return rows.length > limit && last ? { rows: shown, next: last.id } : { rows: shown };
}

/** SQL Server takes 2,100 parameters a statement; some are needed for the rest of it. */
const MAX_IN_LIST = 1000;

/** Splits what goes into IN lists. */
export function inSlices<T>(values: readonly T[]): (readonly [T, ...T[]])[] {
  const slices: (readonly [T, ...T[]])[] = [];
  for (let from = 0; from < values.length; from += MAX_IN_LIST) {
    const [first, ...rest] = values.slice(from, from + MAX_IN_LIST);
    if (first !== undefined) slices.push([first, ...rest]);
  }
  return slices;
}
