import { describe, expect, it } from '@jest/globals';
import { parseHostJson } from '#shared/contracts/host-json.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import { corsHeaders, corsOf, preflightAnswer, preflightOf } from './cors.js';

const PAGE = 'https://shop.example';
const some = { allowedOrigins: [PAGE, 'http://localhost:3000'], supportCredentials: false };
const settings = (values: Record<string, string> = {}): ReadonlyMap<string, string> =>
  new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
const versionWith = (cors?: object) => ({
  host: parseHostJson(JSON.stringify({ version: '2.0', extensions: { http: { ...(cors && { cors }) } } })),
});

describe('which origins may call an app', () => {
  it('says its host.json, and its app settings before it', () => {
    expect(corsOf(versionWith(), settings())).toBeNull();
    expect(corsOf(versionWith({ allowedOrigins: [] }), settings())).toBeNull();
    const version = versionWith({ allowedOrigins: ['HTTPS://Shop.example/'] });
    expect(corsOf(version, settings())).toEqual({ allowedOrigins: [PAGE], supportCredentials: false });
    const own = settings({
      WEBSITE_CORS_ALLOWED_ORIGINS: '["https://other.example"]',
      WEBSITE_CORS_SUPPORT_CREDENTIALS: 'True',
    });
    expect(corsOf(version, own)).toEqual({
      allowedOrigins: ['https://other.example'],
      supportCredentials: true,
    });
    const list = settings({ WEBSITE_CORS_ALLOWED_ORIGINS: 'https://a.example, https://b.example' });
    expect(corsOf(version, list)?.allowedOrigins).toEqual(['https://a.example', 'https://b.example']);
  });

  it.each<Record<string, string>>([
    { WEBSITE_CORS_ALLOWED_ORIGINS: '["https://a.example/path"]' },
    { WEBSITE_CORS_ALLOWED_ORIGINS: '{"a":1}' },
    { WEBSITE_CORS_ALLOWED_ORIGINS: '*', WEBSITE_CORS_SUPPORT_CREDENTIALS: 'true' },
  ])('is not said by %j', (values) => {
    expect(() => corsOf(versionWith(), settings(values))).toThrow(InvalidInputError);
  });
});

describe('the headers of an answer', () => {
  it('name the origin that is allowed, and no other', () => {
    expect(corsHeaders(some, PAGE)).toEqual([
      ['access-control-allow-origin', PAGE],
      ['vary', 'Origin'],
    ]);
    expect(corsHeaders(some, 'http://localhost:3000')[0]).toEqual([
      'access-control-allow-origin',
      'http://localhost:3000',
    ]);
    for (const origin of ['https://evil.example', 'https://shop.example.evil.example', 'null', undefined]) {
      expect(corsHeaders(some, origin)).toEqual([['vary', 'Origin']]);
    }
  });

  it('let credentials through where the app says so, and never for all', () => {
    const headers = corsHeaders({ ...some, supportCredentials: true }, PAGE);
    expect(headers).toContainEqual(['access-control-allow-credentials', 'true']);
    const all = { allowedOrigins: ['*'], supportCredentials: false };
    expect(corsHeaders(all, 'https://anybody.example')).toEqual([['access-control-allow-origin', '*']]);
  });
});

describe('a preflight', () => {
  it('is a question with an origin and a method', () => {
    expect(preflightOf({ origin: PAGE, 'access-control-request-method': 'put' })).toEqual({
      origin: PAGE,
      method: 'PUT',
    });
    expect(preflightOf({ origin: PAGE })).toBeNull();
    expect(preflightOf({ 'access-control-request-method': 'PUT' })).toBeNull();
  });

  it('allows what was asked for, to whom it is allowed', () => {
    const asked = {
      origin: PAGE,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'x-functions-key,content-type',
    };
    expect(preflightAnswer(some, asked)).toMatchObject({ status: 204, body: '' });
    expect(Object.fromEntries(preflightAnswer(some, asked).headers)).toMatchObject({
      'access-control-allow-origin': PAGE,
      'access-control-allow-methods': 'PUT',
      'access-control-allow-headers': 'x-functions-key,content-type',
    });
    const refused = preflightAnswer(some, { ...asked, origin: 'https://evil.example' });
    expect(refused).toEqual({ status: 204, headers: [['vary', 'Origin']], body: '' });
  });
});
