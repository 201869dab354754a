import { InvalidInvoiceError } from './errors.js';

const MS_PER_DAY = 86_400_000;

/**
 * A calendar day as a count of days since 1970: no clock and no time zone has a part in it.
 * @param {unknown} text such as "2026-11-23"
 * @throws {InvalidInvoiceError}
 */
export function dayNumber(text, field) {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  // Some engines take "2026-02-30" for 2 March: a date must come back as it went in.
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(text)) {
    throw new InvalidInvoiceError(`${field} must be a date such as 2026-11-23: ${text}`);
  }
  return ms / MS_PER_DAY;
}
