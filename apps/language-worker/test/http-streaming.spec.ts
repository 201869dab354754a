import { beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { RpcStatus, type WorkerInitResponse } from '#shared/contracts/function-rpc/messages.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { callStreamed, type StreamedCall, type StreamedCallOptions } from './support/streamed-call.js';
import { streamingApp } from '../../../test/support/streaming-app.js';
import type { TestWorker } from './support/test-worker.js';
import { withHost } from './support/with-host.js';

const WAIT = { timeoutMs: 60_000 };

const fixture = withHost();
let worker: TestWorker;
let initialized: WorkerInitResponse;

beforeAll(async () => {
  worker = await fixture.host.startWorker();
  initialized = await worker.initialize(await fixture.folders.write(streamingApp));
  await worker.describeFunctions();
}, 60_000);

function call(functionId: string, options: StreamedCallOptions = {}): StreamedCall {
  return callStreamed(worker, initialized.capabilities!['HttpUri']!, functionId, options);
}

/** The numbers of bytes that `endless` says it has made. */
function madeBy(invocationId: string): number[] {
  const own = worker.logs.filter((log) => log.invocationId === invocationId);
  return own.flatMap(({ message }) => (message?.startsWith('made ') ? [Number(message.slice(5))] : []));
}

function hasLogged(invocationId: string, text_: string): boolean {
  return worker.logs.some((log) => log.invocationId === invocationId && log.message === text_);
}

describe('functions that stream HTTP', () => {
  it('are announced with their server’s address, and with a relay that leads there', () => {
    expect(initialized.capabilities).toMatchObject({
      HttpUri: expect.stringMatching(/^http:\/\/localhost:\d+\/$/),
      NightjarHttpRelay: 'true',
    });
  });

  it('read the request body as a stream, and all else as ever', async () => {
    const { response, invocation } = call('sum', {
      method: 'POST',
      path: '/api/sum/7?a=1&b=%20x',
      host: 'example.org:8443',
      headers: { 'content-type': 'text/plain', 'x-text': 'ü' },
      query: { a: '1', b: ' x' },
      params: { id: '7' },
      body: Buffer.alloc(3_000_000, 'x'),
    });
    const message = await response;
    expect(message.headers['content-type']).toBe('application/json');
    expect(JSON.parse(await text(message))).toEqual({
      bytes: 3_000_000,
      method: 'POST',
      url: 'https://example.org:8443/api/sum/7?a=1&b=%20x',
      params: { id: '7' },
      query: { a: '1', b: ' x' },
      headers: { 'content-type': 'text/plain', 'x-text': 'ü' },
    });
    expect((await invocation).response.result!.status).toBe(RpcStatus.Success);
  });

  it('answer with a stream', async () => {
    const message = await call('pieces').response;
    expect([message.statusCode, message.headers['x-two']]).toEqual([206, '2']);
    expect(message.headers['set-cookie']).toEqual(['a=b; Max-Age=9; Path=/']);
    expect(await text(message)).toBe('one two three');
  });

  it.each([
    ['wrapped', 201, { method: 'POST', body: Buffer.from('whole') }, 'whole'],
    ['generated', 203, {}, 'ab'],
    ['empty', 202, {}, ''],
  ] as const)('answer by other kinds of results: %s', async (name, status, options, body) => {
    const message = await call(name, options).response;
    expect([message.statusCode, await text(message)]).toEqual([status, body]);
  });

  it('give the request body back piece by piece, before it has ended', async () => {
    const body = new Readable({ read: () => undefined });
    const { response } = call('echo', { method: 'POST', body });
    body.push('first');
    const message = await response;
    expect(String((await once(message, 'data'))[0])).toBe('first');
    body.push('second');
    expect(String((await once(message, 'data'))[0])).toBe('second');
    body.push(null);
    await once(message, 'end');
  });

  it('may answer nothing: the client gets 204', async () => {
    const { response, invocation } = call('nothing');
    expect((await response).statusCode).toBe(204);
    expect((await invocation).response.result!.status).toBe(RpcStatus.Success);
  });

  it.each([
    ['throws', 'before any answer', true],
    ['wrong', /HTTP response must be an object/, false],
  ] as const)('fail and break off what was not answered: %s', async (name, message, isUserException) => {
    const { response, invocation } = call(name);
    const { result } = (await invocation).response;
    expect(result!.status).toBe(RpcStatus.Failure);
    expect(result!.exception!.message).toMatch(message);
    expect(result!.exception!.isUserException).toBe(isUserException);
    await expect(response).rejects.toThrow();
  });

  it('break off the response when they fail in the middle', async () => {
    const { response, invocation } = call('breaks');
    await expect(text(await response)).rejects.toThrow('aborted');
    expect((await invocation).response.result!.exception!.message).toBe('in the middle');
  });

  it('are not read faster than the client takes it, and are told when it goes', async () => {
    const { response, invocation, invocationId } = call('endless');
    const message = await response;
    message.pause();
    // What lies between: the sockets' buffers. After that nothing more is made.
    const settled = await waitFor(() => standstill(invocationId), WAIT);
    expect(settled).toBeLessThan(64 * 1024 * 1024);
    message.destroy();
    expect((await invocation).response.result!.exception!.message).toMatch(/client .* has gone/);
    expect(hasLogged(invocationId, 'cancelled')).toBe(true);
  });

  /** What has been made, once a while has passed in which nothing was. */
  async function standstill(invocationId: string): Promise<number | undefined> {
    const before = madeBy(invocationId).length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    const made = madeBy(invocationId);
    return made.length > 0 && made.length === before ? made.at(-1) : undefined;
  }

  it('are told that the client has gone while they have nothing to say', async () => {
    const { response, invocation, invocationId } = call('silent');
    // The head does not wait for the first piece.
    const message = await response;
    message.destroy();
    expect((await invocation).response.result!.status).toBe(RpcStatus.Failure);
    expect(hasLogged(invocationId, 'cancelled')).toBe(true);
  });

  it('end when the host gives up an invocation whose request it never sent', async () => {
    const invocationId = 'never-sent';
    const invocation = worker.trigger('echo', { http: {} }, { invocationId });
    worker.send({ invocationCancel: { invocationId } });
    expect((await invocation).response.result!.status).toBe(RpcStatus.Cancelled);
  });

  it('run beside functions of other triggers', async () => {
    const { response } = await worker.trigger('event', { json: '{"a":1}' });
    expect(response.returnValue).toEqual({ json: '{"a":1}' });
  });

  it('run side by side, each with its own answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const options = { method: 'POST', body: Buffer.from(`number ${index}`) };
        return text(await call('echo', options).response);
      }),
    );
    expect(answers).toEqual(Array.from({ length: 30 }, (_, index) => `number ${index}`));
  });
});
