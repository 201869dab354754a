import { currencyOf } from '../src/invoices/currency.js';
import { formatDecimal } from '../src/invoices/decimal.js';
import { totalsOf } from '../src/invoices/totals.js';

/** The day of reckoning of every record, and of the oldest and newest invoice, as days since 1970. */
const AS_OF_DAY = Date.UTC(2026, 10, 23) / 86_400_000;
const OLDEST_DAYS = 150;
const PAYMENT_TERMS_DAYS = [14, 30, 30, 30, 60];

/** What one unit of a foreign currency is worth in euros. */
const RATES_TO_EUR = { CHF: 1.0684, GBP: 1.1472, JPY: 0.005791, USD: 0.8623 };

/** Article, price in euro cents, places that a quantity has, largest quantity, whether the reduced VAT rate applies. */
const ARTICLES = [
  { sku: 'PIPE-CU-15', cents: 735, places: 1, most: 120 },
  { sku: 'PIPE-CU-22', cents: 1190, places: 1, most: 80 },
  { sku: 'PIPE-PEX-16', cents: 189, places: 1, most: 400 },
  { sku: 'ELBOW-15', cents: 64, places: 0, most: 200 },
  { sku: 'TEE-22', cents: 212, places: 0, most: 120 },
  { sku: 'VALVE-STOP-15', cents: 1845, places: 0, most: 40 },
  { sku: 'VALVE-THERMO', cents: 2990, places: 0, most: 60 },
  { sku: 'PUMP-25-60', cents: 24_900, places: 0, most: 6 },
  { sku: 'BOILER-18KW', cents: 289_000, places: 0, most: 2 },
  { sku: 'BASIN-60', cents: 8_450, places: 0, most: 12 },
  { sku: 'SEAL-SET', cents: 349, places: 0, most: 150 },
  { sku: 'HEMP-80G', cents: 415, places: 0, most: 30 },
  { sku: 'WATER-SOFT-SALT', cents: 62, places: 3, most: 500, reduced: true },
  { sku: 'HANDBOOK', cents: 3_900, places: 0, most: 5, reduced: true },
  { sku: 'SERVICE-HOUR', cents: 7_800, places: 2, most: 16 },
];
const STANDARD_AND_REDUCED = {
  AT: ['20', '10'],
  BE: ['21', '6'],
  CH: ['8.1', '2.6'],
  DE: ['19', '7'],
  FR: ['20', '5.5'],
  NL: ['21', '9'],
};

/** One open invoice of a customer. */
export function makeInvoice(number, customer, random) {
  const { country, ...party } = customer;
  const currency = drawCurrency(country, random);
  const issuedDay = AS_OF_DAY - random.integer(1, OLDEST_DAYS);
  const dueDay = issuedDay + random.pick(PAYMENT_TERMS_DAYS);
  const invoice = {
    id: `R-2026-${String(number).padStart(6, '0')}`,
    asOf: isoDay(AS_OF_DAY),
    issued: isoDay(issuedDay),
    due: isoDay(dueDay),
    country,
    currency,
    ...(currency === 'EUR' ? {} : { rateToEur: String(RATES_TO_EUR[currency]) }),
    customer: party,
    lines: Array.from({ length: drawLineCount(random) }, () => makeLine(country, currency, random)),
  };
  const payments = makePayments(invoice, issuedDay, random);
  return payments.length > 0 ? { ...invoice, payments } : invoice;
}

function drawCurrency(country, random) {
  if (random.chance(0.06)) return random.pick(['GBP', 'JPY', 'USD']);
  return country === 'CH' ? 'CHF' : 'EUR';
}

function drawLineCount(random) {
  return Math.min(random.integer(1, 4), random.integer(1, 5));
}

function makeLine(country, currency, random) {
  const article = random.pick(ARTICLES);
  const [standard, reduced] = STANDARD_AND_REDUCED[country];
  const line = {
    sku: article.sku,
    qty: drawQuantity(article, random),
    price: priceIn(currency, article.cents),
    vat: article.reduced ? reduced : standard,
  };
  return random.chance(0.2) ? { ...line, discount: random.pick(['2', '3', '5', '7.5', '12.25']) } : line;
}

function drawQuantity({ places, most }, random) {
  const units = random.integer(1, most * 10 ** places);
  return formatDecimal(BigInt(units), places);
}

function priceIn(currency, euroCents) {
  if (currency === 'EUR') return formatDecimal(BigInt(euroCents), 2);
  const { places } = currencyOf(currency);
  const units = Math.max(1, Math.round((euroCents / 100 / RATES_TO_EUR[currency]) * 10 ** places));
  return formatDecimal(BigInt(units), places);
}

/** A third is paid in full, some in part, a few too much; the rest not at all. */
function makePayments(invoice, issuedDay, random) {
  const currency = currencyOf(invoice.currency);
  const { grossUnits } = totalsOf(invoice, currency);
  const paymentOf = (units) => ({
    on: isoDay(random.integer(issuedDay, AS_OF_DAY)),
    amount: formatDecimal(units, currency.places),
  });
  const fate = random.integer(1, 100);
  const half = grossUnits / 2n;
  if (fate <= 28) return [paymentOf(grossUnits)];
  if (fate <= 33) return [paymentOf(half), paymentOf(grossUnits - half)];
  if (fate <= 48) return [paymentOf((grossUnits * BigInt(random.integer(10, 80))) / 100n)];
  if (fate <= 49) return [paymentOf(grossUnits + BigInt(random.integer(1, 5000)))];
  return [];
}

function isoDay(day) {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
