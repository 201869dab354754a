import { describe, expect, it } from '@jest/globals';
import { endToEndHeaders, headerPairs } from './http-headers.js';

describe('endToEndHeaders', () => {
  it('leaves out what belongs to the connection, in any case, and what Connection names', () => {
    expect(
      endToEndHeaders([
        ['Connection', 'keep-alive, X-Own'],
        ['Keep-Alive', 'timeout=5'],
        ['Transfer-Encoding', 'chunked'],
        ['x-own', '1'],
        ['X-Kept', '2'],
        ['Set-Cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['Content-Length', '3'],
      ]),
    ).toEqual([
      ['X-Kept', '2'],
      ['Set-Cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['Content-Length', '3'],
    ]);
  });
});

describe('headerPairs', () => {
  it('takes names and values in turn', () => {
    expect(headerPairs(['A', '1', 'a', '2'])).toEqual([
      ['A', '1'],
      ['a', '2'],
    ]);
    expect(headerPairs([])).toEqual([]);
  });
});
