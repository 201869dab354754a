import { UnavailableError } from '../../../domain/errors.js';
import type { DatabaseFault } from '../engine.js';

/** Deadlock victim; lock request timed out; snapshot update conflict. */
const RETRY = new Set([1205, 1222, 3960]);
/** A unique constraint; a unique index. */
const DUPLICATE = new Set([2627, 2601]);
/** Can't open the database; shutting down; still starting; out of memory; the Azure services' "busy" and "reconfiguring". */
const UNAVAILABLE = new Set([4060, 6005, 17142, 701, 40197, 40501, 40613, 49918, 49919, 49920]);
/** The driver's own codes (https://www.npmjs.com/package/mssql#errors) and Node's. */
const UNAVAILABLE_CODES = new Set([
  'ESOCKET',
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEOUT',
  'ETIMEDOUT',
  'ECONNCLOSED',
  'ENOTOPEN',
  'ENOCONN',
  'ELOGIN',
  'EINSTLOOKUP',
  'ECANCEL',
]);

/** By number and code, never by message: those are translated. */
export function classifyMssqlError(error: unknown): DatabaseFault {
  if (error instanceof UnavailableError) return 'unavailable';
  if (typeof error !== 'object' || error === null) return 'other';
  const number = 'number' in error ? error.number : undefined;
  if (typeof number === 'number') {
    if (RETRY.has(number)) return 'retry';
    if (DUPLICATE.has(number)) return 'duplicate';
    if (UNAVAILABLE.has(number)) return 'unavailable';
  }
  return 'code' in error && UNAVAILABLE_CODES.has(String(error.code)) ? 'unavailable' : 'other';
}
