import { describe, expect, it } from '@jest/globals';
import { newKey, sameSecret } from './keys.js';
import { adminKeyOf, bearerTokenOf } from './presented-key.js';
import { isForeignBrowserWrite, namesThisMachine } from './request-origin.js';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('newKey', () => {
  it('is 256 bits that need no escaping in a URL, and never the same', () => {
    const keys = Array.from({ length: 100 }, newKey);
    expect(new Set(keys).size).toBe(100);
    for (const key of keys) expect(key).toMatch(/^[\w-]{43}$/);
  });
});

describe('sameSecret', () => {
  it('compares whole secrets of any length', () => {
    expect(sameSecret('abc', 'abc')).toBe(true);
    expect(sameSecret('abc', 'abcd')).toBe(false);
    expect(sameSecret('', 'abc')).toBe(false);
  });
});

describe('adminKeyOf', () => {
  it('is x-functions-key, else the password of Basic, else the token of Bearer', () => {
    expect(adminKeyOf({ 'x-functions-key': 'k', authorization: basic('u:p') })).toBe('k');
    expect(adminKeyOf({ authorization: basic('$app:p:with:colons') })).toBe('p:with:colons');
    expect(adminKeyOf({ authorization: basic('00000000-0000-0000-0000-000000000000:token') })).toBe('token');
    expect(adminKeyOf({ authorization: 'bearer t' })).toBe('t');
  });

  it('is nothing in what is not understood', () => {
    expect(adminKeyOf({})).toBeUndefined();
    expect(adminKeyOf({ authorization: 'Digest x' })).toBeUndefined();
    expect(adminKeyOf({ authorization: basic('no-colon') })).toBeUndefined();
    expect(adminKeyOf({ authorization: 'Basic' })).toBeUndefined();
    expect(bearerTokenOf({ authorization: basic('a:b') })).toBeUndefined();
  });
});

describe('isForeignBrowserWrite', () => {
  const host = 'localhost:7070';

  it('lets programs write, which send neither header', () => {
    expect(isForeignBrowserWrite({ method: 'POST', headers: { host } })).toBe(false);
  });

  it('lets own pages write', () => {
    const headers = { host, origin: 'http://localhost:7070', 'sec-fetch-site': 'same-origin' };
    expect(isForeignBrowserWrite({ method: 'POST', headers })).toBe(false);
  });

  it.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ origin: 'http://evil.example' }],
    [{ origin: 'http://localhost:8080' }],
    [{ origin: 'null' }],
  ])('stops other pages: %j', (sent) => {
    const headers: Record<string, string> = { host, ...sent };
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      expect(isForeignBrowserWrite({ method, headers })).toBe(true);
    }
    expect(isForeignBrowserWrite({ method: 'GET', headers })).toBe(false);
  });
});

describe('namesThisMachine', () => {
  it.each(['localhost', 'LOCALHOST:7070', '127.0.0.1:7070', '127.1.2.3', '[::1]:7070'])(
    'knows %s',
    (host) => {
      expect(namesThisMachine({ method: 'GET', headers: { host } })).toBe(true);
    },
  );

  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:7070', '10.0.0.1', ''])(
    'does not take %s for it',
    (host) => {
      expect(namesThisMachine({ method: 'GET', headers: { host } })).toBe(false);
    },
  );
});
