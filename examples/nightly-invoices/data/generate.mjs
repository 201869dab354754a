/**
 * Makes data/invoices.jsonl, one open invoice a line: `node data/generate.mjs`, or with `--check` only says whether
 * the file is what would be made. Everything comes from one seed, so every run makes the same bytes.
 * Companies, VAT ids and accounts are invented; their check digits are right, except in the bad records (see bad-records.mjs).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BAD_RECORDS } from './bad-records.mjs';
import { makeCustomer, COUNTRIES } from './customers.mjs';
import { makeInvoice } from './make-invoice.mjs';
import { seededRandom } from './seeded-random.mjs';

export const INVOICE_COUNT = 12_000;
const CUSTOMERS_PER_COUNTRY = 60;
const SEED = 20_261_123;

/** The whole file as text. */
export function generateInvoices() {
  const random = seededRandom(SEED);
  const customers = COUNTRIES.flatMap((country) =>
    Array.from({ length: CUSTOMERS_PER_COUNTRY }, () => makeCustomer(country, random)),
  );
  const lines = [];
  for (let lineNumber = 1; lineNumber <= INVOICE_COUNT; lineNumber += 1) {
    const invoice = makeInvoice(lineNumber, random.pick(customers), random);
    BAD_RECORDS[lineNumber]?.(invoice);
    lines.push(JSON.stringify(invoice));
  }
  return `${lines.join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = fileURLToPath(new URL('invoices.jsonl', import.meta.url));
  const text = generateInvoices();
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text)
    throw new Error('data/invoices.jsonl is not what generate.mjs makes');
}
