import { describe, expect, it } from '@jest/globals';
import type { Failure } from '../invocation.js';
import { failureFingerprint } from './failure-fingerprint.js';

const failure: Failure = {
  source: 'function',
  type: 'InvalidIbanError',
  message: 'Invoice R-2026-000418: IBAN "DE00" is wrong',
  stack: 'InvalidIbanError: …\n    at check (/app/lib/iban.js:4:11)',
};

const printOf = (more: Partial<Failure>): string => failureFingerprint({ ...failure, ...more });

describe('failureFingerprint', () => {
  it('is 16 hexadecimal digits, the same for ever', () => {
    expect(failureFingerprint(failure)).toMatch(/^[0-9a-f]{16}$/);
    // Stored with items: another number here would tear the groups of earlier runs from those of later ones.
    expect(failureFingerprint(failure)).toBe('b24e7f3c36def72d');
  });

  it.each([
    ['ids', { message: 'Invoice R-2026-009348: IBAN "NO9386" is wrong' }],
    ['lines of code', { stack: 'InvalidIbanError: …\n    at check (/app/lib/iban.js:40:2)' }],
    ['places of the app', { stack: 'InvalidIbanError: …\n    at check (C:\\pkg\\77\\lib\\iban.js:4:11)' }],
  ])('is the same with other %s', (_what, more) => {
    expect(printOf(more)).toBe(failureFingerprint(failure));
  });

  it.each([
    ['type', { type: 'InvalidVatIdError' }],
    ['words', { message: 'Invoice R-2026-000418: IBAN "DE00" is missing' }],
    ['place in the code', { stack: 'InvalidIbanError: …\n    at check (/app/lib/vat.js:4:11)' }],
    ['source', { source: 'platform' as const }],
  ])('differs with another %s', (_what, more) => {
    expect(printOf(more)).not.toBe(failureFingerprint(failure));
  });

  it('takes all lines that are no JSON for one group, whatever is wrong with them', () => {
    const [one, other] = [
      `Unexpected token 'o', "no" is not valid JSON`,
      'Unterminated string at position 3',
    ];
    const printed = [one, other].map((message, index) =>
      printOf({
        type: 'MalformedItem',
        message: `Line ${index} is not valid JSON: ${message}`,
        stack: undefined,
      }),
    );
    expect(printed[0]).toBe(printed[1]);
  });
});
