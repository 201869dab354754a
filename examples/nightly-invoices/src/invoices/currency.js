import { divideRounded, parseDecimal } from './decimal.js';
import { InvalidInvoiceError } from './errors.js';

/**
 * Per currency: the places of its smallest unit, and the step (in such units) that a total is rounded to.
 * Francs are paid in steps of five rappen, yen have no smaller unit.
 */
const CURRENCIES = {
  CHF: { places: 2, step: 5n },
  EUR: { places: 2, step: 1n },
  GBP: { places: 2, step: 1n },
  JPY: { places: 0, step: 1n },
  USD: { places: 2, step: 1n },
};

const EURO_PLACES = 2;
const RATE_PLACES = 6;

/** @throws {InvalidInvoiceError} */
export function currencyOf(code) {
  if (!Object.hasOwn(CURRENCIES, code)) throw new InvalidInvoiceError(`currency "${code}" is not known`);
  return CURRENCIES[code];
}

/** A total as it can be paid: to the currency's step. */
export function roundToStep(units, currency) {
  return divideRounded(units, currency.step) * currency.step;
}

/**
 * An amount in euro cents.
 * @param {bigint} units smallest units of the currency
 * @param {string | undefined} rateToEur what one whole unit is worth in euros; absent for euros
 */
export function inEuroCents(units, currency, code, rateToEur) {
  if (code === 'EUR') return units;
  const rate = parseDecimal(rateToEur, RATE_PLACES, 'rateToEur');
  if (rate <= 0n) throw new InvalidInvoiceError('rateToEur must be more than 0');
  const divisor = 10n ** BigInt(RATE_PLACES + currency.places - EURO_PLACES);
  return divideRounded(units * rate, divisor);
}
