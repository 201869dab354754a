import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { BAD_RECORDS } from '../data/bad-records.mjs';
import { generateInvoices, INVOICE_COUNT } from '../data/generate.mjs';
import { assessInvoice } from '../src/invoices/assess-invoice.js';
import { summariseInvoices } from '../src/invoices/summarise-invoices.js';

const text = readFileSync(new URL('../data/invoices.jsonl', import.meta.url), 'utf8');
const invoices = text
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

describe('data/invoices.jsonl', () => {
  it('is what the generator makes, byte for byte', () => {
    assert.ok(generateInvoices() === text, 'run `npm run generate`');
  });

  it('holds as many invoices as the README says, each with its own id', () => {
    assert.equal(invoices.length, INVOICE_COUNT);
    assert.equal(new Set(invoices.map(({ id }) => id)).size, INVOICE_COUNT);
  });

  it('fails in exactly the records that were spoilt', () => {
    const failedLines = invoices.flatMap((invoice, index) => (fails(invoice) ? [index + 1] : []));
    assert.deepEqual(failedLines, Object.keys(BAD_RECORDS).map(Number));
  });

  it('sums up to the figures in the README', () => {
    const { rejected, ...summary } = summariseInvoices(invoices);
    assert.equal(rejected.length, 12);
    assert.deepEqual(summary, {
      invoices: 12_000,
      states: { open: 1748, paid: 3976, overdue: 6137, overpaid: 127 },
      dunningLevels: { 0: 6168, 1: 701, 2: 1121, 3: 1480, 4: 2518 },
      openEur: '10759218.39',
    });
  });
});

describe('a summary', () => {
  it('lists what it had to leave out and goes on', () => {
    const { invoices: count, rejected } = summariseInvoices([null, 'text', invoices[0], invoices[417]]);
    assert.equal(count, 4);
    assert.deepEqual(
      rejected.map(({ id, reason }) => [id, reason.split(':')[0]]),
      [
        [null, 'InvalidInvoiceError'],
        [null, 'InvalidInvoiceError'],
        ['R-2026-000418', 'InvalidIbanError'],
      ],
    );
  });
});

function fails(invoice) {
  try {
    assessInvoice(invoice);
    return false;
  } catch {
    return true;
  }
}
