import { describe, expect, it } from '@jest/globals';
import { publicOrigin } from '../../http/public-origin.js';
import { requestData, targetOf, withoutKey } from './request-data.js';
import { idempotencyKeyOf, wantsAsync } from './request-preferences.js';
import { isReservedPath } from './routes/reserved-paths.js';
import { pathSegments } from './routes/path-segments.js';

describe('targetOf', () => {
  it('divides path and query, and joins what comes twice', () => {
    expect(targetOf('/a/b?x=1&y=%20&x=2&z')).toMatchObject({
      path: '/a/b',
      queryText: 'x=1&y=%20&x=2&z',
      query: { x: '1,2', y: ' ', z: '' },
    });
  });

  it('takes the path out of an absolute URL, as proxies send it', () => {
    expect(targetOf('http://host:1/a?b=1')).toMatchObject({ path: '/a', query: { b: '1' } });
    expect(targetOf('http://host')).toMatchObject({ path: '/' });
  });
});

describe('withoutKey', () => {
  it('takes the key out of the query, in whatever way it is written, and leaves the rest as it came', () => {
    expect(withoutKey(targetOf('/a?x=%20&code=k&y&c%6Fde=k2'))).toEqual({
      path: '/a',
      queryText: 'x=%20&y',
      query: { x: ' ', y: '' },
    });
    expect(withoutKey(targetOf('/a?decode=1'))).toEqual(targetOf('/a?decode=1'));
  });
});

describe('requestData', () => {
  const request = { method: 'POST', headers: { host: 'h:1', 'x-a': '1, 2' } };
  const target = targetOf('/api/x?y=1');

  it('carries text as text, and bytes as base64', () => {
    expect(requestData(request, target, 'http://h:1', { id: '7' }, Buffer.from('grün'))).toEqual({
      method: 'POST',
      url: 'http://h:1/api/x?y=1',
      headers: { host: 'h:1', 'x-a': '1, 2' },
      query: { y: '1' },
      params: { id: '7' },
      body: 'grün',
      bodyEncoding: 'utf8',
    });
    expect(requestData(request, target, 'http://h:1', {}, Buffer.from([0xff, 0]))).toMatchObject({
      body: '/wA=',
      bodyEncoding: 'base64',
    });
  });

  it('does not carry the function key', () => {
    const withKey = { ...request, headers: { 'x-functions-key': 'secret' } };
    expect(JSON.stringify(requestData(withKey, target, 'http://h:1', {}, Buffer.alloc(0)))).not.toMatch(
      /secret/,
    );
  });

  it('has no body when there is none', () => {
    expect(requestData(request, target, 'http://h:1', {}, Buffer.alloc(0))).not.toHaveProperty('body');
  });
});

describe('publicOrigin', () => {
  const headers = {
    host: 'inner:7070',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'outer.example, other',
  };

  it('believes a proxy only when told to', () => {
    expect(publicOrigin(headers, false)).toBe('http://inner:7070');
    expect(publicOrigin(headers, true)).toBe('https://outer.example');
  });

  it('refuses what is no host', () => {
    expect(publicOrigin({ host: 'a/b' }, false)).toBeNull();
    expect(publicOrigin({ host: 'a"b' }, false)).toBeNull();
    expect(publicOrigin({ host: '[::1]:80' }, false)).toBe('http://[::1]:80');
  });
});

describe('request preferences', () => {
  it('knows "respond-async" among others', () => {
    expect(wantsAsync({ prefer: 'wait=5, Respond-Async' })).toBe(true);
    expect(wantsAsync({ prefer: 'respond-asynchronously' })).toBe(false);
    expect(wantsAsync({})).toBe(false);
  });

  it('takes printable keys of up to 200 characters', () => {
    expect(idempotencyKeyOf({})).toBeUndefined();
    expect(idempotencyKeyOf({ 'idempotency-key': 'order-7' })).toBe('order-7');
    for (const key of ['', 'a b', 'x'.repeat(201), 'ä']) {
      expect(() => idempotencyKeyOf({ 'idempotency-key': key })).toThrow(/1 to 200 printable/);
    }
  });
});

describe('isReservedPath', () => {
  it.each([
    '/healthz',
    '/API/V1/x',
    '/api/zipdeploy',
    '/apps',
    '/apps/a',
    '/apps/a/api/deployments/7',
    '/internal/x',
    '/admin',
  ])('keeps %s', (path) => {
    expect(isReservedPath(pathSegments(path))).toBe(true);
  });

  it.each(['/', '/api', '/api/hello', '/apps/a/api/hello', '/apps/a/x', '/apps/a/api/v1/items', '/v1'])(
    'leaves %s to functions',
    (path) => {
      expect(isReservedPath(pathSegments(path))).toBe(false);
    },
  );
});
