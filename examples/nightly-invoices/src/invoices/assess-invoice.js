import { currencyOf, inEuroCents } from './currency.js';
import { dayNumber } from './dates.js';
import { formatDecimal, parseDecimal } from './decimal.js';
import { dunningOf } from './dunning.js';
import { InvalidInvoiceError } from './errors.js';
import { checkIban } from './iban.js';
import { totalsOf } from './totals.js';
import { checkVatId } from './vat-id.js';

const EURO_PLACES = 2;

/**
 * Checks one open invoice and says what stands: totals with VAT, what is paid, what is open, and the dunning level.
 * Nothing but the record has a part in it (the day of reckoning is its `asOf`), so the same record gives the same result.
 * @param {unknown} invoice a record of data/invoices.jsonl
 * @throws {InvalidInvoiceError | InvalidIbanError | InvalidVatIdError} for a record that must be mended by a person
 */
export function assessInvoice(invoice) {
  if (typeof invoice !== 'object' || invoice === null || typeof invoice.id !== 'string') {
    throw new InvalidInvoiceError('an invoice is an object with an id');
  }
  const customer = checkedCustomer(invoice);
  const days = checkedDays(invoice);
  const currency = currencyOf(invoice.currency);
  const totals = totalsOf(invoice, currency);
  const paidUnits = paidOf(invoice, currency, days);
  const openUnits = totals.grossUnits - paidUnits;
  const openEuroCents = inEuroCents(openUnits, currency, invoice.currency, invoice.rateToEur);
  const daysOverdue = days.asOf - days.due;
  return {
    id: invoice.id,
    customer,
    currency: invoice.currency,
    ...shownTotals(totals, currency),
    paid: formatDecimal(paidUnits, currency.places),
    open: formatDecimal(openUnits, currency.places),
    openEur: formatDecimal(openEuroCents, EURO_PLACES),
    state: stateOf(openUnits, daysOverdue),
    daysOverdue: Math.max(0, daysOverdue),
    dunning: shownDunning(dunningOf(openEuroCents, daysOverdue)),
  };
}

function checkedCustomer(invoice) {
  const { customer, country } = invoice;
  const vatId = checkVatId(customer?.vatId);
  if (!vatId.startsWith(country)) throw new InvalidInvoiceError(`VAT id ${vatId} is not of ${country}`);
  return { name: String(customer.name), vatId, iban: checkIban(customer.iban) };
}

function checkedDays(invoice) {
  const days = {
    issued: dayNumber(invoice.issued, 'issued'),
    due: dayNumber(invoice.due, 'due'),
    asOf: dayNumber(invoice.asOf, 'asOf'),
  };
  if (days.due < days.issued) {
    throw new InvalidInvoiceError(`due ${invoice.due} before it was issued (${invoice.issued})`);
  }
  return days;
}

function paidOf(invoice, currency, days) {
  let paidUnits = 0n;
  for (const [index, payment] of (invoice.payments ?? []).entries()) {
    const day = dayNumber(payment.on, `payments[${index}].on`);
    if (day > days.asOf)
      throw new InvalidInvoiceError(`payments[${index}] lies in the future: ${payment.on}`);
    paidUnits += parseDecimal(payment.amount, currency.places, `payments[${index}].amount`);
  }
  return paidUnits;
}

function stateOf(openUnits, daysOverdue) {
  if (openUnits < 0n) return 'overpaid';
  if (openUnits === 0n) return 'paid';
  return daysOverdue > 0 ? 'overdue' : 'open';
}

function shownTotals(totals, { places }) {
  return {
    net: formatDecimal(totals.netUnits, places),
    vat: formatDecimal(totals.vatUnits, places),
    gross: formatDecimal(totals.grossUnits, places),
    vatByRate: Object.fromEntries(
      totals.vatByRate.map(({ rate, vatUnits }) => [rate, formatDecimal(vatUnits, places)]),
    ),
  };
}

function shownDunning({ level, feeEuroCents, interestEuroCents }) {
  return {
    level,
    feeEur: formatDecimal(feeEuroCents, EURO_PLACES),
    interestEur: formatDecimal(interestEuroCents, EURO_PLACES),
  };
}
