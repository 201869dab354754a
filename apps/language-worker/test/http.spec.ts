import { beforeAll, describe, expect, it } from '@jest/globals';
import { RpcStatus } from '#shared/contracts/function-rpc/messages.js';
import type { TestWorker } from './support/test-worker.js';
import { v4App } from './support/v4-app.js';
import { withHost } from './support/with-host.js';

const fixture = withHost();
let worker: TestWorker;

beforeAll(async () => {
  worker = await fixture.host.startWorker();
  await worker.initialize(await fixture.folders.write(v4App));
  await worker.describeFunctions();
}, 60_000);

function textOf(http: { body?: { bytes?: Uint8Array } }): string {
  return Buffer.from(http.body!.bytes!).toString();
}

describe('HTTP functions of the v4 model', () => {
  it('see method, URL, headers, query, parameters, body and their context', async () => {
    const { http } = await worker.callHttp('echo', {
      method: 'POST',
      url: 'https://example.org/api/echo/7?a=1&b=',
      nullableHeaders: { 'content-type': { value: 'text/plain' }, 'x-empty': { value: '' } },
      nullableQuery: { a: { value: '1' }, b: { value: '' } },
      nullableParams: { id: { value: '7' } },
      body: { bytes: Buffer.from('grüße') },
    });
    expect(http.statusCode).toBe('200');
    expect(http.headers).toEqual({ 'content-type': 'application/json' });
    expect(JSON.parse(textOf(http))).toEqual({
      method: 'POST',
      url: 'https://example.org/api/echo/7?a=1&b=',
      params: { id: '7' },
      query: { a: '1', b: '' },
      headers: { 'content-type': 'text/plain', 'x-empty': '' },
      text: 'grüße',
      context: { functionName: 'echo', trigger: 'httpTrigger' },
    });
  });

  it('see the trace context and the retry context', async () => {
    const { response } = await worker.trigger(
      'echo',
      { http: { method: 'GET', url: 'http://example.org/' } },
      {
        traceContext: { traceParent: '00-a-b-01', traceState: 's=1', attributes: { k: 'v' } },
        retryContext: { retryCount: 0, maxRetryCount: 3 },
      },
    );
    expect(JSON.parse(textOf(response.returnValue!.http!)).context).toMatchObject({
      traceContext: { traceParent: '00-a-b-01', traceState: 's=1', attributes: { k: 'v' } },
      retryContext: { retryCount: 0, maxRetryCount: 3 },
    });
  });

  it('answer with status, headers, cookies and a body', async () => {
    const { http } = await worker.callHttp('answer');
    expect(http.statusCode).toBe('201');
    expect(http.headers).toEqual({ 'x-one': '1', 'content-type': 'text/plain' });
    expect(textOf(http)).toBe('created');
    expect(http.cookies).toEqual([
      {
        name: 'c',
        value: 'v w',
        path: { value: '/p' },
        domain: { value: 'example.org' },
        secure: { value: true },
        httpOnly: { value: true },
        sameSite: 3,
        maxAge: { value: 60 },
        expires: { value: { seconds: 5 } },
      },
    ]);
  });

  it('take and give binary bodies', async () => {
    const bytes = Buffer.from([0, 1, 254, 255]);
    const { http } = await worker.callHttp('binary', { method: 'POST', body: { bytes } });
    expect(Buffer.from(http.body!.bytes!)).toEqual(Buffer.from([255, 254, 1, 0]));
  });

  it('may be synchronous', async () => {
    expect(textOf((await worker.callHttp('synchronous')).http)).toBe('now');
  });

  it('may answer with a Response whose body is a stream', async () => {
    const { http } = await worker.callHttp('response');
    expect([http.statusCode, textOf(http)]).toEqual(['418', 'teapot']);
  });

  it('answer nothing, or an empty answer', async () => {
    const nothing = await worker.callHttp('nothing');
    expect(nothing.response.result!.status).toBe(RpcStatus.Success);
    expect(nothing.response.returnValue).toBeUndefined();
    const empty = await worker.callHttp('empty');
    expect(empty.http.statusCode).toBe('200');
    expect(empty.http.body!.bytes).toHaveLength(0);
  });

  it('fail when they answer with what is no object', async () => {
    const { response } = await worker.callHttp('wrong');
    expect(response.result!.status).toBe(RpcStatus.Failure);
    expect(response.result!.exception!.message).toContain('HTTP response must be an object');
  });

  it('fail, and take nothing with them, when the answer is too long for the host', async () => {
    const { response } = await worker.callHttp('large');
    expect(response.result!.exception!.message).toMatch(/^A message of \d+ bytes is longer than the 4194304/);
    expect((await worker.callHttp('answer')).http.statusCode).toBe('201');
  });

  it('run side by side', async () => {
    const started = performance.now();
    const calls = Array.from({ length: 20 }, () => worker.trigger('slow', { int: 1_000 }));
    const results = await Promise.all(calls);
    expect(results.map(({ response }) => response.returnValue!.string)).toEqual(Array(20).fill('done'));
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});
