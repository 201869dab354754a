import { describe, expect, it } from '@jest/globals';
import { hoursText } from './capacity-range.js';

describe('hoursText', () => {
  it.each([
    [0, '0.0'],
    [0.001, '< 0.1'],
    [0.049, '< 0.1'],
    [0.05, '0.1'],
    [1234.56, '1,234.6'],
  ])('tells %d hours as %s', (hours, text) => {
    expect(hoursText(hours)).toBe(text);
  });
});
