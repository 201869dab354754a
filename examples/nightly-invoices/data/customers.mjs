import { mod97 } from '../src/invoices/iban.js';
import { checkVatId } from '../src/invoices/vat-id.js';

export const COUNTRIES = ['AT', 'BE', 'CH', 'DE', 'FR', 'NL'];

const SURNAMES = {
  AT: ['Gruber', 'Höfler', 'Wögerer', 'Pichler', 'Steinböck', 'Eder', 'Moosbrugger', 'Lechner'],
  BE: ['Peeters', 'Claes', 'Dubois', 'Maes', 'Lambert', 'Wouters', 'Hermans', 'Goossens'],
  CH: ['Zürcher', 'Ammann', 'Bühlmann', 'Rochat', 'Bernasconi', 'Odermatt', 'Keller', 'Favre'],
  DE: ['Berger', 'Krämer', 'Lindner', 'Schröder', 'Vogt', 'Weiß', 'Petersen', 'Jäger'],
  FR: ['Lefèvre', 'Moreau', 'Garnier', 'Faure', 'Chevalier', 'Béraud', 'Marchand', 'Noël'],
  NL: ['de Vries', 'van Dijk', 'Jansen', 'Mulder', 'Bakker', 'Smit', 'Visser', 'Hoekstra'],
};
const TRADES = {
  AT: ['Installationen', 'Haustechnik', 'Bad & Wärme'],
  BE: ['Sanitair', 'Chauffage', 'Installatie'],
  CH: ['Sanitär', 'Haustechnik', 'Chauffage'],
  DE: ['Sanitär', 'Heizungsbau', 'Gebäudetechnik'],
  FR: ['Plomberie', 'Chauffage', 'Bâtiment'],
  NL: ['Installatietechniek', 'Loodgieters', 'Verwarming'],
};
const LEGAL_FORMS = { AT: 'GmbH', BE: 'BV', CH: 'AG', DE: 'GmbH & Co. KG', FR: 'SARL', NL: 'B.V.' };

/** An invented company with a VAT id and an IBAN whose check digits are right. */
export function makeCustomer(country, random) {
  return {
    country,
    name: `${random.pick(SURNAMES[country])} ${random.pick(TRADES[country])} ${LEGAL_FORMS[country]}`,
    vatId: makeVatId(country, random),
    iban: makeIban(country, random),
  };
}

/** Draws numbers until the check digit fits: the rule stands in one place, in the app. */
function makeVatId(country, random) {
  for (;;) {
    const candidate = drawVatId(country, random);
    try {
      return checkVatId(candidate);
    } catch {
      // a wrong check digit: draw again
    }
  }
}

function drawVatId(country, random) {
  switch (country) {
    case 'AT':
      return `ATU${random.digits(8)}`;
    case 'BE':
      return `BE0${random.digits(9)}`;
    case 'CH':
      return `CHE${random.digits(9)}`;
    case 'FR':
      return `FR${random.digits(11)}`;
    case 'NL':
      return `NL${random.digits(9)}B01`;
    default:
      return `DE${random.digits(9)}`;
  }
}

const BANKS_NL = ['ABNA', 'INGB', 'RABO'];
/** Digits of the account part; the Dutch one begins with the bank's four letters. */
const ACCOUNT_DIGITS = { AT: 16, BE: 12, CH: 17, DE: 18, FR: 23, NL: 10 };

function makeIban(country, random) {
  const account = (country === 'NL' ? random.pick(BANKS_NL) : '') + random.digits(ACCOUNT_DIGITS[country]);
  const check = String(98 - mod97(`${account}${country}00`)).padStart(2, '0');
  return `${country}${check}${account}`;
}
