import { divideRounded, parseDecimal } from './decimal.js';
import { InvalidInvoiceError } from './errors.js';
import { roundToStep } from './currency.js';

/** Rates that a line may carry, in percent, by the customer's country. */
const VAT_RATES = {
  AT: ['20', '10'],
  BE: ['21', '6'],
  CH: ['8.1', '2.6'],
  DE: ['19', '7'],
  FR: ['20', '5.5'],
  NL: ['21', '9'],
};

const QUANTITY_PLACES = 3;
const PERCENT_PLACES = 2;
/** One whole, in hundredths of a percent. */
const WHOLE = 10_000n;

/**
 * Sums an invoice up. VAT is worked out on the sum of each rate, not line by line: that is what the tax office adds up.
 * All amounts are smallest units of the currency.
 * @returns {{ netUnits: bigint, vatUnits: bigint, grossUnits: bigint, vatByRate: { rate: string, netUnits: bigint, vatUnits: bigint }[] }}
 * @throws {InvalidInvoiceError}
 */
export function totalsOf(invoice, currency) {
  if (!Array.isArray(invoice.lines) || invoice.lines.length === 0) {
    throw new InvalidInvoiceError('an invoice needs at least one line');
  }
  const netByRate = new Map();
  for (const [index, line] of invoice.lines.entries()) {
    const rate = checkedRate(line.vat, invoice.country, index);
    netByRate.set(rate, (netByRate.get(rate) ?? 0n) + netOf(line, currency, index));
  }
  const vatByRate = [...netByRate].map(([rate, netUnits]) => ({
    rate,
    netUnits,
    vatUnits: vatOn(netUnits, rate),
  }));
  const netUnits = sum(vatByRate.map((row) => row.netUnits));
  const vatUnits = sum(vatByRate.map((row) => row.vatUnits));
  return { netUnits, vatUnits, grossUnits: roundToStep(netUnits + vatUnits, currency), vatByRate };
}

/** Quantity × price − discount, rounded once. */
function netOf(line, currency, index) {
  const field = `lines[${index}]`;
  const quantity = parseDecimal(line.qty, QUANTITY_PLACES, `${field}.qty`);
  const price = parseDecimal(line.price, currency.places, `${field}.price`);
  const discount = parseDecimal(line.discount ?? '0', PERCENT_PLACES, `${field}.discount`);
  if (quantity <= 0n) throw new InvalidInvoiceError(`${field}.qty must be more than 0: ${line.qty}`);
  if (discount < 0n || discount > WHOLE) {
    throw new InvalidInvoiceError(`${field}.discount must be from 0 to 100: ${line.discount}`);
  }
  return divideRounded(quantity * price * (WHOLE - discount), 10n ** BigInt(QUANTITY_PLACES) * WHOLE);
}

function checkedRate(rate, country, index) {
  if (!VAT_RATES[country]?.includes(rate)) {
    throw new InvalidInvoiceError(`lines[${index}].vat: ${rate} % is no rate of ${country}`);
  }
  return rate;
}

function vatOn(netUnits, rate) {
  return divideRounded(netUnits * parseDecimal(rate, PERCENT_PLACES, 'vat'), WHOLE);
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0n);
}
