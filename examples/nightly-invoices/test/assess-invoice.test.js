import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assessInvoice } from '../src/invoices/assess-invoice.js';
import { dunningOf } from '../src/invoices/dunning.js';
import { InvalidIbanError, InvalidInvoiceError, InvalidVatIdError } from '../src/invoices/errors.js';

/** A good German invoice, with some of it replaced. */
function invoiceWith(change = {}) {
  return {
    id: 'R-1',
    asOf: '2026-11-23',
    issued: '2026-09-01',
    due: '2026-10-01',
    country: 'DE',
    currency: 'EUR',
    customer: { name: 'Berger GmbH', vatId: 'DE136695976', iban: 'DE89370400440532013000' },
    lines: [
      { sku: 'A', qty: '3', price: '19.99', vat: '19' },
      { sku: 'B', qty: '2.5', price: '10.01', vat: '7', discount: '12.5' },
      { sku: 'C', qty: '1', price: '0.33', vat: '19' },
    ],
    ...change,
  };
}

describe('the assessment of an invoice', () => {
  it('adds up the lines and works out VAT on the sum of each rate', () => {
    const result = assessInvoice(invoiceWith());
    // 59.97 + 0.33 = 60.30 at 19 % = 11.457; 2.5 × 10.01 − 12.5 % = 21.896875 at 7 % = 1.533
    assert.equal(result.net, '82.20');
    assert.deepEqual(result.vatByRate, { 7: '1.53', 19: '11.46' });
    assert.equal(result.vat, '12.99');
    assert.equal(result.gross, '95.19');
  });

  it('says what is open after the payments', () => {
    const states = [[], ['95.19'], ['50', '45.18'], ['100.00']].map((amounts) => {
      const payments = amounts.map((amount) => ({ on: '2026-10-05', amount }));
      const { state, open } = assessInvoice(invoiceWith({ payments }));
      return [state, open];
    });
    assert.deepEqual(states, [
      ['overdue', '95.19'],
      ['paid', '0.00'],
      ['overdue', '0.01'],
      ['overpaid', '-4.81'],
    ]);
  });

  it('calls an invoice open up to and on its due date', () => {
    assert.equal(assessInvoice(invoiceWith({ due: '2026-11-23' })).state, 'open');
    assert.equal(assessInvoice(invoiceWith({ due: '2026-11-22' })).state, 'overdue');
  });

  it('counts the days and charges interest on what is overdue for long', () => {
    const { daysOverdue, dunning } = assessInvoice(invoiceWith());
    assert.equal(daysOverdue, 53);
    // 95.19 × 10.15 % × 53 / 365
    assert.deepEqual(dunning, { level: 3, feeEur: '15.00', interestEur: '1.40' });
  });

  it('rounds francs to what can be paid and shows the open amount in euros', () => {
    const swiss = {
      country: 'CH',
      currency: 'CHF',
      rateToEur: '1.0684',
      customer: { name: 'Keller AG', vatId: 'CHE-107.787.577', iban: 'CH9300762011623852957' },
      lines: [{ sku: 'A', qty: '1', price: '99.99', vat: '8.1' }],
    };
    const { net, vat, gross, openEur } = assessInvoice(invoiceWith(swiss));
    assert.deepEqual(
      { net, vat, gross, openEur },
      { net: '99.99', vat: '8.10', gross: '108.10', openEur: '115.49' },
    );
  });

  it('refuses what a person must mend, and says which field it is', () => {
    const line = { sku: 'A', qty: '1', price: '1.00', vat: '19' };
    const cases = [
      [{ id: undefined }, InvalidInvoiceError, /id/],
      [{ lines: [] }, InvalidInvoiceError, /at least one line/],
      [{ lines: [line, { ...line, qty: '0' }] }, InvalidInvoiceError, /lines\[1\]\.qty/],
      [{ lines: [{ ...line, vat: '16' }] }, InvalidInvoiceError, /16 % is no rate of DE/],
      [{ lines: [{ ...line, price: 1 }] }, InvalidInvoiceError, /lines\[0\]\.price/],
      [{ lines: [{ ...line, discount: '100.01' }] }, InvalidInvoiceError, /discount/],
      [{ due: '2026-08-31' }, InvalidInvoiceError, /before it was issued/],
      [{ due: '2026-02-30' }, InvalidInvoiceError, /due must be a date/],
      [{ payments: [{ on: '2026-11-24', amount: '1' }] }, InvalidInvoiceError, /future/],
      [{ currency: 'XYZ' }, InvalidInvoiceError, /XYZ/],
      [{ country: 'AT' }, InvalidInvoiceError, /not of AT/],
      [{ customer: { name: 'B', vatId: 'DE136695977', iban: 'x' } }, InvalidVatIdError, /check digit/],
      [{ customer: { name: 'B', vatId: 'DE136695976' } }, InvalidIbanError, /undefined/],
    ];
    for (const [change, kind, message] of cases) {
      assert.throws(
        () => assessInvoice(invoiceWith(change)),
        (error) => error instanceof kind && error.name === kind.name && message.test(error.message),
        JSON.stringify(change),
      );
    }
    for (const record of ['text', null, 7, []])
      assert.throws(() => assessInvoice(record), InvalidInvoiceError);
  });
});

describe('dunning', () => {
  it('rises with the days after the due date', () => {
    const levels = [-3, 0, 6, 7, 20, 21, 41, 42, 69, 70, 400].map((days) => dunningOf(10_000n, days).level);
    assert.deepEqual(levels, [0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
  });

  it('leaves alone who owes nothing', () => {
    assert.deepEqual(dunningOf(0n, 400), { level: 0, feeEuroCents: 0n, interestEuroCents: 0n });
    assert.deepEqual(dunningOf(-5n, 400), { level: 0, feeEuroCents: 0n, interestEuroCents: 0n });
  });
});
