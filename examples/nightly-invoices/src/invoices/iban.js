import { InvalidIbanError } from './errors.js';

/** Length of an IBAN by country (ISO 13616 registry), for the countries that customers come from. */
const LENGTHS = { AT: 20, BE: 16, CH: 21, DE: 22, FR: 27, NL: 18 };

/**
 * Checks an IBAN by its length and its check number (ISO 7064, MOD 97-10).
 * @param {unknown} iban blanks are allowed
 * @returns {string} without blanks, in capitals
 * @throws {InvalidIbanError}
 */
export function checkIban(iban) {
  const text = String(iban ?? '')
    .replaceAll(' ', '')
    .toUpperCase();
  const length = LENGTHS[text.slice(0, 2)];
  if (!length) throw new InvalidIbanError(`IBAN of a country that is not served: "${iban}"`);
  if (text.length !== length || !/^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(text)) {
    throw new InvalidIbanError(`IBAN "${iban}" is not of its country's form (${length} characters)`);
  }
  if (mod97(text.slice(4) + text.slice(0, 4)) !== 1) {
    throw new InvalidIbanError(`IBAN "${iban}" has a wrong check number`);
  }
  return text;
}

/** The remainder by 97 of a text read as a number, letters counting 10 (A) to 35 (Z). */
export function mod97(text) {
  let remainder = 0;
  for (const character of text) {
    const value = parseInt(character, 36);
    remainder = (remainder * (value < 10 ? 10 : 100) + value) % 97;
  }
  return remainder;
}
