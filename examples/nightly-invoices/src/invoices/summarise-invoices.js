import { assessInvoice } from './assess-invoice.js';
import { formatDecimal, parseDecimal } from './decimal.js';

const EURO_PLACES = 2;

/**
 * Sums up many invoices: how many are in which state and at which dunning level, and what is open in euros.
 * A record that cannot be assessed is listed by its id and reason; the others count all the same.
 * @param {unknown[]} invoices
 */
export function summariseInvoices(invoices) {
  const states = {};
  const dunningLevels = {};
  const rejected = [];
  let openEuroCents = 0n;
  for (const invoice of invoices) {
    try {
      const result = assessInvoice(invoice);
      states[result.state] = (states[result.state] ?? 0) + 1;
      dunningLevels[result.dunning.level] = (dunningLevels[result.dunning.level] ?? 0) + 1;
      openEuroCents += parseDecimal(result.openEur, EURO_PLACES, 'openEur');
    } catch (error) {
      rejected.push({ id: invoice?.id ?? null, reason: `${error.name}: ${error.message}` });
    }
  }
  return {
    invoices: invoices.length,
    states,
    dunningLevels,
    openEur: formatDecimal(openEuroCents, EURO_PLACES),
    rejected,
  };
}
