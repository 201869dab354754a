import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvalidIbanError, InvalidVatIdError } from '../src/invoices/errors.js';
import { checkIban } from '../src/invoices/iban.js';
import { checkVatId } from '../src/invoices/vat-id.js';

/** Numbers that the registries and tax offices themselves print as examples. */
const IBANS = [
  'AT61 1904 3002 3457 3201',
  'BE68 5390 0754 7034',
  'CH93 0076 2011 6238 5295 7',
  'DE89 3704 0044 0532 0130 00',
  'FR14 2004 1010 0505 0001 3M02 606',
  'NL91 ABNA 0417 1643 00',
];
const VAT_IDS = [
  'ATU13585627',
  'BE0428.759.497',
  'CHE-107.787.577',
  'DE136695976',
  'FR40303265045',
  'NL004495445B01',
  'NL123456789B13',
];

/** Every text that differs from this one in a single digit. */
function withOneDigitWrong(text) {
  return [...text].flatMap((character, index) =>
    /\d/.test(character)
      ? [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
          (step) => text.slice(0, index) + ((Number(character) + step) % 10) + text.slice(index + 1),
        )
      : [],
  );
}

describe('an IBAN', () => {
  for (const iban of IBANS) {
    it(`is taken with its blanks: ${iban}`, () => assert.equal(checkIban(iban), iban.replaceAll(' ', '')));

    it(`is refused with any one digit wrong: ${iban}`, () => {
      for (const wrong of withOneDigitWrong(iban))
        assert.throws(() => checkIban(wrong), InvalidIbanError, wrong);
    });
  }

  it('is refused with two neighbours swapped, too short, of another country, or absent', () => {
    for (const wrong of [
      'DE98370400440532013000',
      'DE8937040044053201300',
      'XX89370400440532013000',
      '',
      null,
      {},
    ]) {
      assert.throws(() => checkIban(wrong), InvalidIbanError);
    }
  });
});

describe('a VAT id', () => {
  for (const vatId of VAT_IDS) {
    it(`is taken: ${vatId}`, () => assert.equal(checkVatId(vatId), vatId.replaceAll(/[.-]/g, '')));
  }

  for (const vatId of ['ATU13585627', 'BE0428759497', 'CHE107787577', 'DE136695976', 'FR40303265045']) {
    it(`is refused with any one digit wrong: ${vatId}`, () => {
      for (const wrong of withOneDigitWrong(vatId))
        assert.throws(() => checkVatId(wrong), InvalidVatIdError, wrong);
    });
  }

  it('is refused in a wrong form, of another country, or absent', () => {
    for (const wrong of ['DE1366959760', 'ATX13585627', 'NL004495445C01', 'US136695976', '', undefined]) {
      assert.throws(() => checkVatId(wrong), InvalidVatIdError);
    }
  });
});
