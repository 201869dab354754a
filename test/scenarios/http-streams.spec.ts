import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { brokenInvariants } from '../support/invariants.js';
import { listInvocations } from '../support/invocation-api.js';
import { residentBytes } from '../support/process-memory.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { streamsApp } from './support/streams-app.js';

jest.setTimeout(180_000);

const MIB = 2 ** 20;
const WAIT = { timeoutMs: 90_000 };
/** Far less than what is sent: a body that is streamed knows no limit. */
const MAX_BODY_BYTES = 100_000;
const LARGE_BYTES = 200 * MIB;
/** Less than the body, and more than a process gains by itself. */
const GROWTH_MAX_BYTES = 150 * MIB;

describe('functions that stream HTTP, in containers', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await Stack.start({
      runtime: 'docker',
      managementSettings: { NIGHTJAR_MAX_REQUEST_BODY_BYTES: String(MAX_BODY_BYTES) },
    });
    await publishApp(stack.url, 'streams', await streamsApp());
  });

  afterAll(async () => {
    await stack.stop();
  });

  /** Node's own client, which shows each piece as it comes. */
  function send(
    path: string,
    options: { method?: string; headers?: Record<string, string> } = {},
  ): ClientRequest {
    const sent = request(`${stack.url}/apps/streams/api/${path}`, { agent: false, ...options });
    sent.on('error', () => undefined);
    return sent;
  }

  async function responseTo(sent: ClientRequest): Promise<IncomingMessage> {
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return response;
  }

  const get = (path: string): Promise<IncomingMessage> => {
    const sent = send(path);
    const response = responseTo(sent);
    sent.end();
    return response;
  };

  /** The next piece; what comes after it waits to be read. */
  const pieceOf = (response: IncomingMessage): Promise<string> =>
    new Promise((resolve, reject) => {
      response.once('error', reject);
      response.once('data', (piece: Buffer) => {
        response.off('error', reject).pause();
        resolve(piece.toString());
      });
    });

  const invocationsOf = (name: string) => listInvocations(stack.url, `app=streams&function=${name}`);

  it('answer with their first byte before they have made the last', async () => {
    const response = await get('gated/first-byte');
    expect([response.statusCode, response.headers['x-custom']]).toEqual([200, 'of the app']);
    expect(await pieceOf(response)).toBe('first ');
    expect(await text(await get('open/first-byte'))).toBe('opened');
    expect(await text(response)).toBe('last');
  });

  it('see the first byte of a request before its client has sent the last', async () => {
    const sent = send('echo', { method: 'POST' });
    sent.write('one');
    const response = await responseTo(sent);
    expect(await pieceOf(response)).toBe('one');
    sent.end('two');
    expect(await text(response)).toBe('two');
  });

  it('take and give 200 MB, while nothing piles up on the way', async () => {
    const processes = [stack.management.service.process.pid, stack.worker('one').service.process.pid];
    const before = processes.map(residentBytes);
    const grown: number[] = [];
    const hashes = { sent: createHash('sha256'), received: createHash('sha256') };
    const chunk = randomBytes(MIB / 4);
    const body = Readable.from(
      (function* () {
        for (let bytes = 0; bytes < LARGE_BYTES; bytes += chunk.length) {
          chunk.writeUInt32BE(bytes);
          hashes.sent.update(chunk);
          grown.push(...processes.map((pid, index) => residentBytes(pid) - (before[index] ?? 0)));
          yield Buffer.from(chunk);
        }
      })(),
    );
    const sent = send('echo', { method: 'POST' });
    const response = responseTo(sent);
    const uploaded = pipeline(body, sent);
    let received = 0;
    const sink = new Writable({
      write: (piece: Buffer, _encoding, done) => {
        received += piece.length;
        hashes.received.update(piece);
        done();
      },
    });
    await pipeline(await response, sink);
    await uploaded;
    expect(received).toBe(LARGE_BYTES);
    expect(hashes.received.digest('hex')).toBe(hashes.sent.digest('hex'));
    expect(Math.max(...grown)).toBeLessThan(GROWTH_MAX_BYTES);
    const recorded = await waitFor(async () => {
      const [newest] = await invocationsOf('echo');
      const answer = await fetch(`${stack.url}/api/v1/invocations/${newest?.id}`);
      return ((await answer.json()) as { output?: { http?: unknown } }).output?.http;
    }, WAIT);
    expect(recorded).toMatchObject({
      statusCode: 200,
      headers: { 'x-kept': 'yes' },
      streamed: { requestBytes: expect.any(Number), responseBytes: expect.any(Number) },
    });
  });

  it('hold a client that does not read back, and hear when it goes', async () => {
    const response = await get('endless');
    await pieceOf(response);
    response.pause();
    const before = residentBytes(stack.management.service.process.pid);
    // Endless, at the speed of memory: what is not held back would be hundreds of MB by now.
    for (let calls = 0; calls < 20; calls += 1) await text(await get('cancelled'));
    expect(residentBytes(stack.management.service.process.pid) - before).toBeLessThan(GROWTH_MAX_BYTES);
    expect(await text(await get('cancelled'))).toBe('0');
    response.destroy();
    await waitFor(async () => (await text(await get('cancelled'))) === '1', WAIT);
    const ended = await waitFor(async () => (await invocationsOf('endless'))[0], WAIT);
    expect(ended.state).toBe('cancelled');
  });

  it('break their client’s connection when they break off: half is not whole', async () => {
    const response = await get('breaks');
    expect(await pieceOf(response)).toBe('half');
    await text(await get('open/breaks'));
    await expect(text(response)).rejects.toThrow('aborted');
    const ended = await waitFor(async () => (await invocationsOf('breaks'))[0], WAIT);
    expect([ended.state, ended.failure?.message]).toEqual(['failed', 'in the middle']);
  });

  it('send events, each when it happens', async () => {
    const response = await get('events');
    expect(response.headers['content-type']).toBe('text/event-stream');
    await text(await get('open/event-1'));
    expect(await pieceOf(response)).toBe('id: 1\ndata: event 1\n\n');
    await text(await get('open/event-2'));
    expect(await text(response)).toBe('id: 2\ndata: event 2\n\n');
  });

  it('answer as others do when they fail before any answer, or answer nothing', async () => {
    const failed = await get('throws');
    expect([failed.statusCode, await text(failed)]).toEqual([500, '']);
    const nothing = await get('nothing');
    expect([nothing.statusCode, await text(nothing)]).toEqual([204, '']);
  });

  it('see the request as it was made', async () => {
    const sent = send('shown/7?q=a%20b', { method: 'POST', headers: { 'x-in': 'seen' } });
    const response = responseTo(sent);
    sent.end('body');
    expect(JSON.parse(await text(await response))).toEqual({
      url: `${stack.url}/apps/streams/api/shown/7?q=a%20b`,
      id: '7',
      q: 'a b',
      header: 'seen',
      invocation: null,
      body: 'body',
    });
  });

  it('are called whole where the answer is to be kept', async () => {
    const answers: [number | undefined, string][] = [];
    for (let times = 0; times < 2; times += 1) {
      const sent = send('shown/8', { method: 'POST', headers: { 'idempotency-key': 'streams-1' } });
      const response = responseTo(sent);
      sent.end('kept');
      const message = await response;
      answers.push([message.statusCode, await text(message)]);
    }
    expect(answers[0]?.[0]).toBe(200);
    expect(JSON.parse(answers[0]?.[1] ?? '')).toMatchObject({ id: '8', body: 'kept' });
    expect(answers[1]).toEqual(answers[0]);
    expect(await invocationsOf('shown')).toHaveLength(2);
  });

  it('fail with their container, once, and the next call has a new one', async () => {
    const response = await get('exits');
    expect(response.statusCode).toBe(500);
    await text(response);
    expect(await text(await get('open/after'))).toBe('opened');
  });

  it('leave the database in order', async () => {
    await waitFor(() => brokenInvariants(stack.databaseUrl).length === 0, WAIT).catch(() => undefined);
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  });
});
