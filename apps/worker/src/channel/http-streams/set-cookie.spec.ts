import { describe, expect, it } from '@jest/globals';
import { parseSetCookie } from './set-cookie.js';

describe('a Set-Cookie header', () => {
  it('becomes a cookie with all of its attributes', () => {
    const header =
      'a=%C3%A4%20b; Domain=example.org; Path=/p; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:05 GMT; Secure; HttpOnly; SameSite=Lax';
    expect(parseSetCookie(header)).toEqual({
      name: 'a',
      value: 'ä b',
      domain: 'example.org',
      path: '/p',
      maxAgeSeconds: 60,
      expiresAt: 5000,
      secure: true,
      httpOnly: true,
      sameSite: 'Lax',
    });
  });

  it.each([
    ['a=b=c', { name: 'a', value: 'b=c' }],
    ['a', { name: 'a', value: '' }],
    ['a=%', { name: 'a', value: '%' }],
    ['a=b; samesite=none', { name: 'a', value: 'b', sameSite: 'None' }],
    ['a=b; Max-Age=soon; Expires=never; __proto__; constructor=x; Priority=High', { name: 'a', value: 'b' }],
  ])('%s', (header, cookie) => {
    expect(parseSetCookie(header)).toEqual(cookie);
  });
});
