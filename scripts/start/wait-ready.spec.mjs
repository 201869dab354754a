import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitReady } from './wait-ready.mjs';

describe('waitReady', () => {
  let answers = /** @type {number[]} */ ([]);
  /** @type {import('node:http').Server} */
  let server;
  let url = '';
  const never = new AbortController().signal;

  beforeEach(async () => {
    server = createServer((_, response) => response.writeHead(answers.shift() ?? 200).end('says this'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/readyz`;
  });
  afterEach(() => void server.close());

  it('waits for the first 200', async () => {
    answers = [503, 503, 200];
    await waitReady(url, { timeoutMs: 5_000, signal: never });
    expect(answers).toEqual([]);
  });

  it('tells the last answer when the time is up', async () => {
    answers = Array.from({ length: 100 }, () => 503);
    await expect(waitReady(url, { timeoutMs: 300, signal: never })).rejects.toThrow('503 says this');
  });

  it('ends with the reason of its signal', async () => {
    answers = Array.from({ length: 100 }, () => 503);
    const died = new AbortController();
    setTimeout(() => died.abort(new Error('The management process ended')), 100);
    const waiting = waitReady(url, { timeoutMs: 5_000, signal: died.signal });
    await expect(waiting).rejects.toThrow('The management process ended');
  });
});
