import { describe, expect, it } from '@jest/globals';
import { recordedHead } from './recorded-response.js';

describe('recordedHead', () => {
  it('joins what comes twice, sets cookies apart and leaves the length out', () => {
    expect(
      recordedHead({
        status: 206,
        headers: [
          ['X-A', '1'],
          ['x-a', '2'],
          ['Set-Cookie', 'a=1; Path=/'],
          ['set-cookie', 'b=2'],
          ['Content-Length', '9'],
        ],
      }),
    ).toEqual({
      statusCode: 206,
      headers: { 'x-a': '1, 2' },
      cookies: [
        { name: 'a', value: '1', path: '/' },
        { name: 'b', value: '2' },
      ],
    });
    expect(recordedHead({ status: 200, headers: [] })).toEqual({ statusCode: 200, headers: {} });
  });
});
