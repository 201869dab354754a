import { describe, expect, it } from '@jest/globals';
import type { InvocationReply } from '#shared/contracts/replies.js';
import type { HttpResponseData } from '#shared/domain/invocation.js';
import { responseOf, withHeaders } from './function-response.js';

const reply = (state: InvocationReply['state'], http?: HttpResponseData): InvocationReply => ({
  kind: 'invocation',
  id: 'id',
  state,
  output: http && { http },
});

describe('responseOf', () => {
  it("is the function's own, with text or bytes", () => {
    const text = responseOf(
      reply('succeeded', { statusCode: 201, headers: { 'x-a': '1' }, body: 'grün', bodyEncoding: 'utf8' }),
    );
    expect(text).toEqual({ status: 201, headers: [['x-a', '1']], body: 'grün' });
    const bytes = responseOf(
      reply('succeeded', { statusCode: 200, headers: {}, body: 'AP8=', bodyEncoding: 'base64' }),
    );
    expect([...(bytes.body as Buffer)]).toEqual([0, 255]);
  });

  it('is 204 when the function gave nothing', () => {
    expect(responseOf(reply('succeeded')).status).toBe(204);
  });

  it.each([
    ['failed', 500],
    ['timedOut', 504],
    ['cancelled', 503],
    ['abandoned', 503],
  ] as const)('is empty when it %s: %d', (state, status) => {
    expect(responseOf(reply(state, { statusCode: 200, headers: {}, body: 'secret' }))).toEqual({
      status,
      headers: [],
      body: '',
    });
  });

  it.each([0, 99, 101, 600, 200.5, NaN])('is 500 for the status %d, which is no final one', (statusCode) => {
    expect(responseOf(reply('succeeded', { statusCode, headers: {} })).status).toBe(500);
  });

  it("leaves out the connection's own headers", () => {
    const headers = {
      Connection: 'close',
      'Transfer-Encoding': 'chunked',
      'content-length': '999',
      'x-b': '2',
    };
    expect(responseOf(reply('succeeded', { statusCode: 200, headers })).headers).toEqual([['x-b', '2']]);
  });

  it('writes cookies, each in its own header', () => {
    const cookies = [
      {
        name: 'a',
        value: 'x; y',
        path: '/',
        httpOnly: true,
        secure: true,
        sameSite: 'Lax' as const,
        maxAgeSeconds: 60,
      },
      { name: 'b', value: '', domain: 'example.org', expiresAt: 0 },
    ];
    expect(responseOf(reply('succeeded', { statusCode: 200, headers: {}, cookies })).headers).toEqual([
      ['set-cookie', 'a=x%3B%20y; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax'],
      ['set-cookie', 'b=; Domain=example.org; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
    ]);
  });
});

describe('withHeaders', () => {
  it('adds what is not there yet, whatever its case', () => {
    const response = { status: 200, headers: [['X-A', 'own']] as const, body: Buffer.alloc(0) };
    expect(
      withHeaders(response, [
        ['x-a', 'common'],
        ['x-b', 'common'],
      ]).headers,
    ).toEqual([
      ['X-A', 'own'],
      ['x-b', 'common'],
    ]);
  });
});
