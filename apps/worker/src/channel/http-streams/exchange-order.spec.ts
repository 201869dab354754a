import { describe, expect, it } from '@jest/globals';
import { headerPairs } from '#shared/domain/http-headers.js';
import { bodyLengthOf, exchangeOrderOf } from './exchange-order.js';

const REQUEST = {
  method: 'POST',
  url: 'https://example.org:8443/api/x/1?q=%20a&b',
  headers: {
    host: 'inner',
    accept: 'text/plain',
    connection: 'close, x-hop',
    'x-hop': '1',
    'transfer-encoding': 'chunked',
    expect: '100-continue',
    'x-forwarded-host': 'forged',
    'x-ms-invocation-id': 'forged',
    cookie: 'a=1',
  },
};

describe('exchangeOrderOf', () => {
  it('passes the request on with what the language worker must know, and nothing of the connection', () => {
    const order = exchangeOrderOf('id-1', REQUEST, { host: 'localhost:5000' }, undefined);
    expect([order.method, order.path]).toEqual(['POST', '/api/x/1?q=%20a&b']);
    expect(headerPairs(order.headers)).toEqual([
      ['host', 'localhost:5000'],
      ['accept', 'text/plain'],
      ['cookie', 'a=1'],
      ['x-ms-invocation-id', 'id-1'],
      ['x-forwarded-host', 'example.org:8443'],
      ['x-forwarded-proto', 'https'],
      ['transfer-encoding', 'chunked'],
    ]);
  });

  it.each([
    [5, ['content-length', '5']],
    [null, ['x-forwarded-proto', 'https']],
  ])('says how long the body is: %s', (length, last) => {
    const { headers } = exchangeOrderOf('id', REQUEST, { host: 'h' }, length);
    expect(headerPairs(headers).at(-1)).toEqual(last);
  });
});

describe('bodyLengthOf', () => {
  it.each([
    [{}, null],
    [{ 'content-length': '0' }, null],
    [{ 'content-length': '12' }, 12],
    [{ 'transfer-encoding': 'chunked' }, undefined],
  ])('%j', (headers, length) => {
    expect(bodyLengthOf(headers)).toBe(length);
  });
});
