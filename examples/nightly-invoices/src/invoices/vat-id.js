import { InvalidVatIdError } from './errors.js';
import { mod97 } from './iban.js';

/** By country: the form, and whether the digits (one group of the form) carry the right check digit. */
const RULES = {
  AT: { form: /^ATU(\d{8})$/, isRight: austria },
  BE: {
    form: /^BE([01]\d{9})$/,
    isRight: (digits) => 97 - (Number(digits.slice(0, 8)) % 97) === Number(digits.slice(8)),
  },
  CH: { form: /^CHE(\d{9})$/, isRight: switzerland },
  DE: { form: /^DE([1-9]\d{8})$/, isRight: germany },
  FR: { form: /^FR(\d{11})$/, isRight: france },
  NL: { form: /^NL(\d{9}B\d{2})$/, isRight: netherlands },
};

/**
 * Checks a VAT identification number by its country's form and check digit.
 * @param {unknown} vatId blanks, dots and hyphens are allowed
 * @returns {string} without them, in capitals
 * @throws {InvalidVatIdError}
 */
export function checkVatId(vatId) {
  const text = String(vatId ?? '')
    .replaceAll(/[ .-]/g, '')
    .toUpperCase();
  const rule = RULES[text.slice(0, 2)];
  if (!rule) throw new InvalidVatIdError(`VAT id of a country that is not served: "${vatId}"`);
  const digits = rule.form.exec(text)?.[1];
  if (!digits) throw new InvalidVatIdError(`VAT id "${vatId}" is not of its country's form`);
  if (!rule.isRight(digits)) throw new InvalidVatIdError(`VAT id "${vatId}" has a wrong check digit`);
  return text;
}

/** Every second digit counts double, as the sum of its digits; 96 minus the sum ends in the check digit. */
function austria(digits) {
  const sum = [...digits.slice(0, 7)].reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return (96 - sum) % 10 === Number(digits[7]);
}

/** Weights 5, 4, 3, 2, 7, 6, 5, 4, modulo 11; a check number of 10 is never given out. */
function switzerland(digits) {
  const check = (11 - (weightedSum(digits, [5, 4, 3, 2, 7, 6, 5, 4]) % 11)) % 11;
  return check === Number(digits[8]);
}

/** ISO 7064, MOD 11,10. */
function germany(digits) {
  let product = 10;
  for (const digit of digits.slice(0, 8)) {
    const sum = (Number(digit) + product) % 10;
    product = (2 * (sum === 0 ? 10 : sum)) % 11;
  }
  return (11 - product) % 10 === Number(digits[8]);
}

/** The first two digits are a key over the other nine (the SIREN). */
function france(digits) {
  const siren = Number(digits.slice(2));
  return (12 + 3 * (siren % 97)) % 97 === Number(digits.slice(0, 2));
}

/** Sole traders' numbers since 2020 use MOD 97-10 over the whole, all others the older test modulo 11. */
function netherlands(digits) {
  if (mod97(`NL${digits}`) === 1) return true;
  return weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11 === Number(digits[8]);
}

function weightedSum(digits, weights) {
  return weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
}
