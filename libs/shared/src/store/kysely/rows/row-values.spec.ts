import { describe, expect, it } from '@jest/globals';
import { toJsonValue, wholeNumber, type ColumnKind } from './row-values.js';

const NIGHT = new Date('2026-11-30T23:59:59.999Z');

describe('toJsonValue', () => {
  it.each<[unknown, ColumnKind, unknown]>([
    [null, 'other', null],
    [undefined, 'other', null],
    ['text', 'other', 'text'],
    [true, 'other', true],
    [1.25, 'other', 1.25],
    [Infinity, 'other', 'Infinity'],
    [NIGHT, 'other', '2026-11-30T23:59:59.999Z'],
    [NIGHT, 'date', '2026-11-30'],
    [NIGHT, 'time', '23:59:59.999'],
    [Buffer.from([0, 255]), 'other', 'AP8='],
    [2n ** 53n, 'other', '9007199254740992'],
    [-5n, 'other', -5],
    [{ x: 1, y: [2] }, 'other', { x: 1, y: [2] }],
  ])('makes of %p (%s) %p', (value, kind, expected) => {
    expect(toJsonValue(value, kind)).toEqual(expected);
  });

  it('makes numbers of what is exact only', () => {
    expect(wholeNumber(BigInt(Number.MAX_SAFE_INTEGER))).toBe(Number.MAX_SAFE_INTEGER);
    expect(wholeNumber(9007199254740993n)).toBe('9007199254740993');
  });
});
