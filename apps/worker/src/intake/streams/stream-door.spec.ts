import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { encodeOpening } from '#shared/contracts/http-streams.js';
import { newId } from '#shared/domain/ids.js';
import { ManagementStream } from './management-stream.js';
import { StreamDoor, StreamUnreachableError } from './stream-door.js';

jest.setTimeout(60_000);

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const NOWHERE = 'http://127.0.0.1:1';
const answering =
  (status: number): Handler =>
  (_request, response) =>
    void response.writeHead(status).end();

describe('StreamDoor', () => {
  const servers: Server[] = [];
  const opened: ManagementStream[] = [];

  async function listen(handler: Handler): Promise<string> {
    const server = createServer(handler);
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  afterEach(async () => {
    for (const stream of opened.splice(0)) stream.close();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  });

  async function enter(instanceUrl: string, managementUrl: string, headers: Record<string, string> = {}) {
    const request = { method: 'POST', url: 'http://h/', headers, query: {}, params: {} };
    const job = { id: newId(), input: { kind: 'http' as const, request } };
    const entered = await new StreamDoor(managementUrl).enter(job, { instanceUrl, token: 'secret' });
    if (typeof entered === 'object') opened.push(entered);
    return entered;
  }

  /** Takes a call in, and says what its worker sends. */
  function hospitable() {
    const answer = Promise.withResolvers<string>();
    const handler: Handler = (request, response) => {
      expect(request.headers.authorization).toBe('Bearer secret');
      if (request.method === 'GET') return void response.writeHead(200).end('body');
      answer.resolve(text(request).finally(() => response.writeHead(204).end()));
    };
    return { handler, answer: answer.promise };
  }

  it.each([
    ['the instance itself', (good: string): [string, string] => [good, NOWHERE]],
    [
      'management, where the instance’s address leads nowhere',
      (good: string): [string, string] => [NOWHERE, good],
    ],
  ])('leads to %s', async (_, addresses) => {
    const { handler, answer } = hospitable();
    const stream = (await enter(...addresses(await listen(handler)), {
      'content-length': '4',
    })) as ManagementStream;
    expect(stream.begun).toBe(false);
    expect(await text(stream.openBody()!)).toBe('body');
    expect(stream.begun).toBe(true);
    const sink = stream.respond({ status: 200, headers: [['a', 'b']] }).end('response');
    // Management has taken all of it.
    await once(sink, 'finish');
    const head = encodeOpening({ kind: 'head', status: 200, headers: [['a', 'b']] });
    expect(await answer).toBe(`${head.toString()}response`);
    expect(stream.gone.aborted).toBe(false);
  });

  it('leads to management where another instance knows nothing of the call', async () => {
    const { handler, answer } = hospitable();
    const stream = (await enter(await listen(answering(404)), await listen(handler))) as ManagementStream;
    expect(stream.openBody()).toBeNull();
    await stream.end({ kind: 'ended', state: 'failed' });
    expect(await answer).toBe('{"kind":"ended","state":"failed"}\n');
  });

  it.each([
    [409, 'busy'],
    [410, 'over'],
    [404, 'over'],
  ])('is closed by %d: %s', async (status, expected) => {
    const origin = await listen(answering(status));
    expect(await enter(origin, origin)).toBe(expected);
  });

  it('says what kept it from the client', async () => {
    await expect(enter(NOWHERE, await listen(answering(500)))).rejects.toThrow(StreamUnreachableError);
    await expect(enter(NOWHERE, NOWHERE)).rejects.toThrow(/instanceUrl.*127\.0\.0\.1:1/);
  });

  it('tells when the client has gone', async () => {
    let cut: (() => void) | undefined;
    const origin = await listen((request, response) => {
      if (request.method === 'GET') response.writeHead(200).end();
      else cut = () => void request.destroy();
      cut?.();
    });
    const stream = (await enter(origin, origin)) as ManagementStream;
    if (!stream.gone.aborted) await once(stream.gone, 'abort');
    expect(stream.begun).toBe(false);
  });
});
