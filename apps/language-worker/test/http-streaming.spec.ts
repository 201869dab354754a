import { beforeAll, describe, expect, it } from '@jest/globals';
import { RpcStatus, type WorkerInitResponse } from '#shared/contracts/function-rpc/messages.js';
import type { RpcHttp } from '#shared/contracts/function-rpc/values.js';
import { streamingApp } from './support/streaming-app.js';
import type { TestWorker } from './support/test-worker.js';
import { withHost } from './support/with-host.js';

const fixture = withHost();
let worker: TestWorker;
let initialized: WorkerInitResponse;

beforeAll(async () => {
  worker = await fixture.host.startWorker();
  initialized = await worker.initialize(await fixture.folders.write(streamingApp));
  await worker.describeFunctions();
}, 60_000);

function textOf(http: RpcHttp): string {
  return Buffer.from(http.body!.bytes!).toString();
}

describe('functions that stream HTTP', () => {
  it('are forwarded by the worker: the host is told of no address', () => {
    expect(initialized.capabilities).toMatchObject({ RawHttpBodyBytes: 'true', WorkerStatus: 'true' });
    expect(initialized.capabilities).not.toHaveProperty('HttpUri');
  });

  it('read the request body as a stream, and all else as ever', async () => {
    const { http } = await worker.callHttp('sum', {
      method: 'POST',
      url: 'https://example.org:8443/api/sum/7?a=1&b=%20x',
      nullableHeaders: { 'content-type': { value: 'text/plain' }, 'x-text': { value: 'ü' } },
      nullableQuery: { a: { value: '1' }, b: { value: ' x' } },
      nullableParams: { id: { value: '7' } },
      body: { bytes: Buffer.alloc(3_000_000, 'x') },
    });
    expect(http.headers).toEqual({ 'content-type': 'application/json' });
    expect(JSON.parse(textOf(http))).toEqual({
      bytes: 3_000_000,
      method: 'POST',
      url: 'https://example.org:8443/api/sum/7?a=1&b=%20x',
      params: { id: '7' },
      query: { a: '1', b: ' x' },
      headers: { 'content-type': 'text/plain', 'x-text': 'ü' },
    });
  });

  it('answer with a stream, which arrives whole', async () => {
    const { http, logs } = await worker.callHttp('pieces');
    expect(http.statusCode).toBe('206');
    expect(textOf(http)).toBe('one two three');
    expect(http.headers).toEqual({ 'content-type': 'text/plain', 'x-two': '2' });
    // The empty value of the second is not sent: it is what an absent one reads as.
    expect(http.cookies).toEqual([
      {
        name: 'a',
        value: 'ä b',
        path: { value: '/' },
        maxAge: { value: 9 },
        sameSite: 2,
        httpOnly: { value: true },
        expires: { value: { seconds: 9 } },
      },
      { name: 'b', sameSite: 3, secure: { value: true }, domain: { value: 'example.org' } },
    ]);
    // The library itself warns of a line that comes after the function returned: whether a stream's do is a matter of time.
    const own = logs
      .map(({ message }) => message ?? '')
      .filter((message) => !message.startsWith('Warning: '));
    expect(own).toEqual(['one ', 'two ', 'three']);
  });

  it('give the request body back as it comes', async () => {
    const bytes = Buffer.alloc(1_000_000, 'abc');
    const { http } = await worker.callHttp('echo', { method: 'POST', body: { bytes } });
    expect(Buffer.from(http.body!.bytes!).equals(bytes)).toBe(true);
  });

  it('may answer nothing', async () => {
    const { response } = await worker.callHttp('nothing');
    expect(response.result!.status).toBe(RpcStatus.Success);
    expect(response.returnValue).toBeUndefined();
  });

  it.each([
    ['throws', 'before any answer', true],
    ['wrong', /HTTP response must be an object/, false],
    ['breaks', 'in the middle', true],
  ] as const)('fail: %s', async (name, message, isUserException) => {
    const { response } = await worker.callHttp(name);
    expect(response.result!.status).toBe(RpcStatus.Failure);
    const exception = response.result!.exception!;
    if (typeof message === 'string') expect(exception.message).toBe(message);
    else expect(exception.message).toMatch(message);
    expect(exception.isUserException).toBe(isUserException);
  });

  it('end by themselves when the host cancels them, and take nothing with them', async () => {
    const call = worker.trigger(
      'hangs',
      { http: { method: 'GET', url: 'http://example.org/' } },
      { invocationId: 'to-be-cancelled' },
    );
    while (!worker.logs.some(({ message }) => message === 'waiting')) await new Promise(setImmediate);
    worker.send({ invocationCancel: { invocationId: 'to-be-cancelled' } });
    const { response } = await call;
    expect(response.result!.status).toBe(RpcStatus.Failure);
    expect(response.result!.exception!.message).toMatch(/^The streamed HTTP exchange broke off/);
    expect(textOf((await worker.callHttp('pieces')).http)).toBe('one two three');
  });

  it('run beside functions of other triggers', async () => {
    const { response } = await worker.trigger('event', { json: '{"a":1}' });
    expect(response.returnValue).toEqual({ json: '{"a":1}' });
  });

  it('run side by side, each with its own answer', async () => {
    const calls = Array.from({ length: 30 }, (_, index) =>
      worker.callHttp('echo', { method: 'POST', body: { string: `number ${index}` } }),
    );
    const answers = (await Promise.all(calls)).map(({ http }) => textOf(http));
    expect(answers).toEqual(Array.from({ length: 30 }, (_, index) => `number ${index}`));
  });
});
