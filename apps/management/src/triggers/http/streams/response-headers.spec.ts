import { describe, expect, it } from '@jest/globals';
import { responseHeaders } from './response-headers.js';

describe('responseHeaders', () => {
  const given = [
    ['X-One', '1'],
    ['Set-Cookie', 'a'],
    ['set-cookie', 'b'],
    ['Transfer-Encoding', 'chunked'],
  ] as const;

  it('adds the app’s own where the function gave none, and leaves the connection’s out', () => {
    const custom = [
      ['x-one', 'other'],
      ['x-two', '2'],
    ] as const;
    expect(responseHeaders(given, custom, false)).toEqual([
      ['X-One', '1'],
      ['Set-Cookie', 'a'],
      ['set-cookie', 'b'],
      ['x-two', '2'],
    ]);
  });

  it('ends the connection when a part of the request still comes', () => {
    expect(responseHeaders([], [], true)).toEqual([['connection', 'close']]);
  });
});
