import { expect, it } from '@jest/globals';
import { isAtLeast } from './version-order.js';

it.each([
  ['10.0.20348', '10.0.20348', true],
  ['10.0.20348', '10.0.9200', true],
  ['10.0.9200', '10.0.20348', false],
  ['10.1', '10.0.99', true],
  ['10', '10.0.0', true],
  ['10', '10.0.1', false],
  ['6.1.0-13-amd64', '6.1', true],
  ['v24.0.7', '24', true],
  ['nothing', '1', false],
])('%s is at least %s: %s', (version, least, expected) => {
  expect(isAtLeast(version, least)).toBe(expected);
});
