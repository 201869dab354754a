import { describe, expect, it } from '@jest/globals';
import type { HttpRequestData } from '#shared/domain/invocation.js';
import { compileCapabilities } from '../loading/worker-capabilities.js';
import { rpcHttpOf } from './http-request.js';

const request: HttpRequestData = {
  method: 'POST',
  url: 'http://host/api/a?x=1',
  headers: { 'content-type': 'application/json; charset=utf-8', 'x-empty': '' },
  query: { x: '1' },
  params: { id: '7' },
  body: '{"a":1}',
};
const nodeWorker = compileCapabilities({
  RawHttpBodyBytes: 'true',
  RpcHttpBodyOnly: '1',
  UseNullableValueDictionaryForHttp: '_',
});

describe('rpcHttpOf', () => {
  it('gives a worker with the newer capabilities nullable maps and bytes', () => {
    expect(rpcHttpOf(request, nodeWorker)).toEqual({
      method: 'POST',
      url: 'http://host/api/a?x=1',
      nullableHeaders: {
        'content-type': { value: 'application/json; charset=utf-8' },
        'x-empty': { value: '' },
      },
      nullableQuery: { x: { value: '1' } },
      nullableParams: { id: { value: '7' } },
      body: { bytes: Buffer.from('{"a":1}') },
    });
  });

  it('gives any other worker plain maps and the body twice', () => {
    expect(rpcHttpOf(request, compileCapabilities({}))).toEqual({
      method: 'POST',
      url: 'http://host/api/a?x=1',
      headers: request.headers,
      query: { x: '1' },
      params: { id: '7' },
      body: { json: '{"a":1}' },
      rawBody: { string: '{"a":1}' },
    });
  });

  it('leaves out empty headers for a worker that wants that', () => {
    const http = rpcHttpOf(request, compileCapabilities({ IgnoreEmptyValuedRpcHttpHeaders: 'True' }));
    expect(Object.keys(http.headers!)).toEqual(['content-type']);
  });

  it.each([
    ['application/json', '{"a":', { string: '{"a":' }],
    ['text/plain', '{"a":1}', { string: '{"a":1}' }],
    ['application/octet-stream', 'ab', { bytes: Buffer.from('ab') }],
    ['multipart/form-data; boundary=x', 'ab', { bytes: Buffer.from('ab') }],
  ])('reads a body of type %s as Azure does', (contentType, body, expected) => {
    const http = rpcHttpOf(
      { ...request, headers: { 'content-type': contentType }, body },
      compileCapabilities({ RpcHttpBodyOnly: 'true' }),
    );
    expect(http.body).toEqual(expected);
    expect(http.rawBody).toBeUndefined();
  });

  it('turns base64 back into bytes', () => {
    const http = rpcHttpOf({ ...request, body: '/wAB', bodyEncoding: 'base64' }, nodeWorker);
    expect(http.body).toEqual({ bytes: Buffer.from([255, 0, 1]) });
  });

  it.each([undefined, ''])('has no body for %j', (body) => {
    expect(rpcHttpOf({ ...request, body }, nodeWorker).body).toBeUndefined();
  });
});

describe('compileCapabilities', () => {
  it.each(['', 'false', 'False', '0'])('takes "%s" for a no', (value) => {
    expect(compileCapabilities({ RawHttpBodyBytes: value }).rawBodyBytes).toBe(false);
  });
});
