import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { greetingOf } from '#shared/contracts/http-tunnel.js';
import { newId } from '#shared/domain/ids.js';
import { streamingApp } from '../../../../../test/support/streaming-app.js';
import { startChannelAlone, type ChannelAlone } from '../../../../../test/bench/support/channel-alone.js';
import { writeFiles, v4App } from '../../../../../test/support/app-files.js';
import { TestStreamClient } from '../../../../../test/support/doubles/stream-client.js';
import { waitFor } from '../../../../../test/support/wait-for.js';
import { ChannelClosedError, type ChannelResult } from '../language-worker-channel.js';

/** Tests run from the repository's root, as npm runs scripts. */
const BUNDLER = join(process.cwd(), 'scripts/bundle-language-worker.mjs');

// Processes start and scripts are bundled here: on a busy machine that takes its time.
jest.setTimeout(60_000);

const request = (more = {}) => ({
  method: 'POST',
  url: 'https://example.org/api/sum/7?a=1',
  headers: { 'content-type': 'text/plain' },
  query: { a: '1' },
  params: { id: '7' },
  ...more,
});

describe('a channel to a language worker that streams HTTP', () => {
  let folder: string;
  let languageWorkerFile: string;
  let alone: ChannelAlone;
  const logged: string[] = [];

  async function startApp(): Promise<ChannelAlone> {
    const packageFolder = await mkdtemp(join(folder, 'app-'));
    const files: Record<string, string> = { 'host.json': '{"version":"2.0"}' };
    for (const [path, content] of Object.entries(streamingApp)) {
      files[path] = typeof content === 'string' ? content : JSON.stringify(content);
    }
    await writeFiles(packageFolder, await v4App(files));
    return startChannelAlone({ packageFolder, languageWorkerFile, maxMessageBytes: 1024 * 1024 });
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-streaming-'));
    languageWorkerFile = join(folder, 'language-worker.cjs');
    await promisify(execFile)(process.execPath, [BUNDLER, languageWorkerFile]);
    alone = await startApp();
  });

  afterAll(async () => {
    await alone.close();
    await rm(folder, { recursive: true });
  });

  function invoke(functionName: string, stream?: TestStreamClient, more = {}): Promise<ChannelResult> {
    return alone.channel.invoke({
      invocationId: newId(),
      functionName,
      input: { kind: 'http', request: request(more) },
      stream,
      onLog: ({ message }) => logged.push(message),
    });
  }

  it('carries bodies both ways as they come', async () => {
    const body = new Readable({ read: () => undefined });
    const client = new TestStreamClient(body);
    const ended = invoke('echo', client);
    body.push('first');
    expect((await client.head).status).toBe(200);
    expect(String((await once(client.received, 'data'))[0])).toBe('first');
    body.push('second');
    body.push(null);
    expect(await text(client.received)).toBe('second');
    expect(await ended).toEqual({
      state: 'succeeded',
      output: {
        http: { statusCode: 200, headers: {}, streamed: { requestBytes: 11, responseBytes: 11 } },
      },
    });
  });

  it('shows the function the request that its client made', async () => {
    const client = new TestStreamClient(Readable.from([Buffer.alloc(500_000)]), 500_000);
    const ended = invoke('sum', client);
    expect(JSON.parse(await text(client.received))).toEqual({
      bytes: 500_000,
      method: 'POST',
      url: 'https://example.org/api/sum/7?a=1',
      params: { id: '7' },
      query: { a: '1' },
      headers: { 'content-type': 'text/plain' },
    });
    expect(await ended).toMatchObject({ state: 'succeeded' });
  });

  it('answers a call that came whole with a whole response', async () => {
    const bytes = Buffer.from([0, 255, 128]).toString('base64');
    expect(await invoke('echo', undefined, { body: bytes, bodyEncoding: 'base64' })).toEqual({
      state: 'succeeded',
      output: { http: { statusCode: 200, headers: {}, body: bytes, bodyEncoding: 'base64' } },
    });
    expect(await invoke('pieces')).toMatchObject({
      output: {
        http: {
          statusCode: 206,
          headers: { 'x-two': '2' },
          body: 'one two three',
          cookies: [{ name: 'a', value: 'b', path: '/', maxAgeSeconds: 9 }],
        },
      },
    });
    expect(await invoke('endless')).toMatchObject({
      state: 'failed',
      failure: { message: expect.stringContaining('larger than 1048576 bytes') },
    });
  });

  it('answers nothing as 204, at once', async () => {
    const client = new TestStreamClient();
    expect(await invoke('nothing', client)).toMatchObject({ output: { http: { statusCode: 204 } } });
    expect((await client.head).status).toBe(204);
  });

  it('tells why a function failed before it answered', async () => {
    const client = new TestStreamClient();
    expect(await invoke('throws', client)).toMatchObject({
      state: 'failed',
      failure: { message: 'before any answer' },
    });
  });

  it('breaks the response off when the function fails in the middle', async () => {
    const client = new TestStreamClient();
    const read = text(client.received);
    read.catch(() => undefined);
    expect(await invoke('breaks', client)).toMatchObject({
      state: 'failed',
      failure: { message: 'in the middle' },
    });
    await expect(read).rejects.toThrow();
  });

  it('breaks the request off when the client does', async () => {
    const body = new Readable({ read: () => undefined });
    const client = new TestStreamClient(body);
    const ended = invoke('echo', client);
    body.push('half');
    await once(client.received, 'data');
    body.destroy(new Error('away'));
    expect(await ended).toMatchObject({ state: 'failed' });
  });

  it('gives up a request whose body has broken off before it was sent', async () => {
    const body = new Readable({ read: () => undefined }).on('error', () => undefined);
    body.destroy(new Error('away'));
    expect(await invoke('sum', new TestStreamClient(body))).toEqual({ state: 'cancelled' });
  });

  it.each(['endless', 'silent'])('tells the function that its client has gone: %s', async (name) => {
    const client = new TestStreamClient();
    logged.length = 0;
    const ended = invoke(name, client);
    await client.head;
    client.go();
    expect(await ended).toEqual({ state: 'cancelled' });
    await waitFor(() => logged.includes('cancelled'), { timeoutMs: 50_000 });
  });

  it('gives up what its client has left before it began', async () => {
    const client = new TestStreamClient();
    client.go();
    expect(await invoke('pieces', client)).toEqual({ state: 'cancelled' });
  });

  it('carries many at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const client = new TestStreamClient(Readable.from([Buffer.from(`number ${index}`)]));
        const ended = invoke('echo', client);
        const answer = await text(client.received);
        await ended;
        return answer;
      }),
    );
    expect(answers).toEqual(Array.from({ length: 40 }, (_, index) => `number ${index}`));
  });

  it('lets no tunnel in with another token', async () => {
    const socket = connect(alone.port, '127.0.0.1');
    socket.write(greetingOf('wrong'));
    socket.resume();
    await once(socket, 'close');
  });

  it('rejects what is in flight when the process ends, and breaks its response off', async () => {
    const other = await startApp();
    const client = new TestStreamClient();
    const read = text(client.received);
    read.catch(() => undefined);
    const ended = other.channel.invoke({
      invocationId: newId(),
      functionName: 'silent',
      input: { kind: 'http', request: request() },
      stream: client,
      onLog: () => undefined,
    });
    await client.head;
    const closing = other.close();
    await expect(ended).rejects.toThrow(ChannelClosedError);
    await expect(read).rejects.toThrow();
    await closing;
  });
});
