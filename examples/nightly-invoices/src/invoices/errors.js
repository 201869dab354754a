/** Thrown when an invoice record is not of its form, or says something that cannot be. */
export class InvalidInvoiceError extends Error {
  name = 'InvalidInvoiceError';
}

/** Thrown when an IBAN has the wrong length for its country or a wrong check number. */
export class InvalidIbanError extends Error {
  name = 'InvalidIbanError';
}

/** Thrown when a VAT identification number is not of its country's form or its check digit is wrong. */
export class InvalidVatIdError extends Error {
  name = 'InvalidVatIdError';
}
