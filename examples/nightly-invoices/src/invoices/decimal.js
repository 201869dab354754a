import { InvalidInvoiceError } from './errors.js';

const DECIMAL = /^(-?)(\d{1,12})(?:\.(\d{1,6}))?$/;

/**
 * Reads a decimal number into whole units of its last place: ("12.5", 2) → 1250n.
 * Amounts are text in the data and integers here: a binary fraction can hold neither 0.10 nor its sum.
 * @param {unknown} text such as "12.50"
 * @param {number} places how many places the units have
 * @param {string} field named in the error
 * @returns {bigint}
 * @throws {InvalidInvoiceError} for anything else, and for more places than that
 */
export function parseDecimal(text, places, field) {
  const match = typeof text === 'string' ? DECIMAL.exec(text) : null;
  const [, sign, whole, fraction = ''] = match ?? [];
  if (!match || fraction.length > places) {
    throw new InvalidInvoiceError(`${field} must be a decimal number with up to ${places} places: ${text}`);
  }
  return BigInt(sign + whole + fraction.padEnd(places, '0'));
}

/** The opposite of `parseDecimal`: (1250n, 2) → "12.50". */
export function formatDecimal(units, places) {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places);
  return `${units < 0n ? '-' : ''}${whole}${places > 0 ? `.${fraction}` : ''}`;
}

/** Divides and rounds to the nearest whole, halves away from zero (commercial rounding). The divisor is positive. */
export function divideRounded(dividend, divisor) {
  const doubled = 2n * (dividend < 0n ? -dividend : dividend) + divisor;
  const rounded = doubled / (2n * divisor);
  return dividend < 0n ? -rounded : rounded;
}
