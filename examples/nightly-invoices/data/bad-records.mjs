/**
 * What is wrong with the twelve bad records, by line number: the slips that people make when they type an invoice.
 * Each makes `processInvoice` throw, so a run over the file ends with twelve failed items.
 */
export const BAD_RECORDS = {
  418: swapDigitsOfIban,
  1377: wrongDigitInVatId,
  2041: swapDigitsOfIban,
  3260: (invoice) => (invoice.lines[0].vat = '16'),
  4619: (invoice) => (invoice.lines[0].qty = '0'),
  5502: wrongDigitInVatId,
  6733: (invoice) => ([invoice.issued, invoice.due] = [invoice.due, invoice.issued]),
  7194: swapDigitsOfIban,
  8055: (invoice) => (invoice.payments = [{ on: '2027-11-02', amount: '10' }]),
  9348: wrongDigitInVatId,
  10_871: (invoice) => (invoice.lines[0].price = '1,250.00'),
  11_926: (invoice) => (invoice.customer.iban = invoice.customer.iban.slice(0, -1)),
};

/** The first two neighbours that differ change places: the slip that check numbers were made for. */
function swapDigitsOfIban({ customer }) {
  const digits = [...customer.iban];
  const at = digits.findIndex((digit, index) => index >= 8 && digit !== digits[index + 1]);
  [digits[at], digits[at + 1]] = [digits[at + 1], digits[at]];
  customer.iban = digits.join('');
}

/** Character 5 is a digit in every country's form. */
function wrongDigitInVatId({ customer }) {
  const digit = (Number(customer.vatId[5]) + 1) % 10;
  customer.vatId = customer.vatId.slice(0, 5) + digit + customer.vatId.slice(6);
}
