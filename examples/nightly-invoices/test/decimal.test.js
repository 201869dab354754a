import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { currencyOf, inEuroCents, roundToStep } from '../src/invoices/currency.js';
import { divideRounded, formatDecimal, parseDecimal } from '../src/invoices/decimal.js';
import { InvalidInvoiceError } from '../src/invoices/errors.js';

describe('decimal numbers', () => {
  it('are read into whole units of their last place', () => {
    assert.equal(parseDecimal('12.5', 2, 'x'), 1250n);
    assert.equal(parseDecimal('-0.01', 2, 'x'), -1n);
    assert.equal(parseDecimal('7', 0, 'x'), 7n);
  });

  it('are refused with more places than the units have, with separators, and as numbers', () => {
    for (const text of ['1.234', '1,250.00', '', '.5', '1e3', ' 1', 12.5, null, undefined]) {
      assert.throws(() => parseDecimal(text, 2, 'price'), InvalidInvoiceError);
    }
  });

  it('come back as they went in', () => {
    for (const text of ['0.00', '0.05', '-0.05', '-12.30', '999999999.99']) {
      assert.equal(formatDecimal(parseDecimal(text, 2, 'x'), 2), text);
    }
    assert.equal(formatDecimal(7n, 0), '7');
    assert.equal(formatDecimal(-5n, 3), '-0.005');
  });

  it('are rounded to the nearest whole, halves away from zero', () => {
    assert.deepEqual(
      [14n, 15n, 16n, -14n, -15n, -16n, 0n].map((value) => divideRounded(value, 10n)),
      [1n, 2n, 2n, -1n, -2n, -2n, 0n],
    );
  });
});

describe('currencies', () => {
  it('round a total in francs to five rappen', () => {
    const francs = currencyOf('CHF');
    assert.deepEqual(
      [1001n, 1002n, 1003n, 1007n, 1008n].map((units) => roundToStep(units, francs)),
      [1000n, 1000n, 1005n, 1005n, 1010n],
    );
  });

  it('become euro cents, whatever their smallest unit is', () => {
    assert.equal(inEuroCents(12_345n, currencyOf('EUR'), 'EUR', undefined), 12_345n);
    assert.equal(inEuroCents(10_000n, currencyOf('USD'), 'USD', '0.8623'), 8_623n);
    assert.equal(inEuroCents(10_000n, currencyOf('JPY'), 'JPY', '0.005791'), 5_791n);
  });

  it('need a rate above nothing and a known code', () => {
    assert.throws(() => inEuroCents(1n, currencyOf('USD'), 'USD', '0'), InvalidInvoiceError);
    assert.throws(() => inEuroCents(1n, currencyOf('USD'), 'USD', undefined), InvalidInvoiceError);
    assert.throws(() => currencyOf('toString'), InvalidInvoiceError);
  });
});
