import { describe, expect, it } from '@jest/globals';
import { piecesOf, rangeOf, wantsCsv } from './capacity-requests.js';

const at = (time: string): Date => new Date(`2026-11-29T${time}Z`);
const now = at('12:30:00');

describe('rangeOf', () => {
  it.each([
    ['the last 24 hours, with the one that goes on', {}, '2026-11-28T13:00:00Z', '2026-11-29T13:00:00Z'],
    ['from a time until now', { from: at('07:59:00') }, '2026-11-29T07:00:00Z', '2026-11-29T13:00:00Z'],
    [
      'whole hours',
      { from: at('07:00:00'), until: at('08:00:00') },
      '2026-11-29T07:00:00Z',
      '2026-11-29T08:00:00Z',
    ],
    [
      'every hour that it touches',
      { from: at('07:30:00'), until: at('08:00:01') },
      '2026-11-29T07:00:00Z',
      '2026-11-29T09:00:00Z',
    ],
    ['24 hours before an end', { until: at('08:00:00') }, '2026-11-28T08:00:00Z', '2026-11-29T08:00:00Z'],
  ])('is %s', (_what, query, from, until) => {
    expect(rangeOf(query, now)).toMatchObject({ from: new Date(from), until: new Date(until) });
  });

  it.each([
    [
      'the end before the beginning',
      { from: at('09:00:00'), until: at('08:00:00') },
      /^until: must lie after/,
    ],
    ['the beginning in the future', { from: at('14:00:00') }, /^until: must lie after from/],
    ['more than a year', { from: new Date('2025-01-01T00:00:00Z') }, /^from: must lie at most 366 days/],
  ])('refuses %s', (_what, query, message) => {
    expect(() => rangeOf(query, now)).toThrow(message);
  });
});

describe('piecesOf', () => {
  it('makes a range of pieces without a gap, the last one shorter', () => {
    const pieces = piecesOf({ from: at('00:00:00'), until: at('07:00:00'), pool: 'a' }, 3);
    expect(pieces).toEqual([
      { from: at('00:00:00'), until: at('03:00:00'), pool: 'a' },
      { from: at('03:00:00'), until: at('06:00:00'), pool: 'a' },
      { from: at('06:00:00'), until: at('07:00:00'), pool: 'a' },
    ]);
  });
});

describe('wantsCsv', () => {
  it.each([
    ['text/csv', true],
    ['text/csv;q=0.9, */*;q=0.1', true],
    ['application/json', false],
    ['*/*', false],
    [undefined, false],
  ])('%s: %s', (accept, wanted) => {
    expect(wantsCsv(accept)).toBe(wanted);
  });
});
