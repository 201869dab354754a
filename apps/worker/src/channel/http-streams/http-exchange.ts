import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { endToEndHeaders, headerPairs } from '#shared/domain/http-headers.js';
import type { HttpStreamClient, HttpStreamHead } from '../language-worker-channel.js';
import { ByteCounter } from './byte-counter.js';
import type { ExchangeOrder } from './exchange-order.js';

/** Of the exchange between host and language worker, or of the language worker's server; not the function's. */
const NOT_THE_FUNCTIONS = new Set(['date', 'server', 'x-ms-invocation-id']);

/** An exchange that came to its end, both bodies whole or given up by the function. */
export interface ExchangeEnd {
  readonly head: HttpStreamHead;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** Thrown when an exchange broke off: at the language worker's side, at the client's, or because it was aborted. */
export class ExchangeBrokenError extends Error {
  constructor(
    message: string,
    /** What had come until then; undefined: not even status and headers. */
    readonly head: HttpStreamHead | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ExchangeBrokenError';
  }
}

/**
 * Carries one HTTP exchange between a client and a language worker's server, through a tunnel. Each side is read as fast as the
 * other takes it. When one breaks off, so does the other: neither a request nor a response that is not whole ends in order.
 * Throws `ExchangeBrokenError`.
 */
export async function carryExchange(
  tunnel: Socket,
  order: ExchangeOrder,
  client: HttpStreamClient,
  signal: AbortSignal,
): Promise<ExchangeEnd> {
  const counters = { request: new ByteCounter(), response: new ByteCounter() };
  const sent = request({
    createConnection: () => tunnel,
    method: order.method,
    path: order.path,
    headers: order.headers,
    setHost: false,
  });
  // It was paused while nobody listened.
  sent.once('socket', (socket) => socket.resume());
  let head: HttpStreamHead | undefined;
  const abort = (): void => void sent.destroy(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    const bodyBroken = sendBody(client, counters.request, sent);
    if (signal.aborted) abort();
    const message = await Promise.race([responseTo(sent), bodyBroken]);
    head = headOf(message);
    await pipeline(message, counters.response, client.respond(head));
    return { head, requestBytes: counters.request.bytes, responseBytes: counters.response.bytes };
  } catch (error) {
    throw new ExchangeBrokenError((error as Error).message, head, { cause: error });
  } finally {
    signal.removeEventListener('abort', abort);
    sent.destroy();
  }
}

/** @returns rejects when the body breaks off, and the request with it; else never settles */
function sendBody(client: HttpStreamClient, counter: ByteCounter, sent: ClientRequest): Promise<never> {
  const body = client.openBody();
  const never = new Promise<never>(() => undefined);
  if (body === null) {
    sent.end();
    return never;
  }
  const broken = pipeline(body, counter, sent).then(() => never);
  // After the response has begun it shows there: the tunnel is gone.
  broken.catch((error: Error) => sent.destroy(error));
  return broken;
}

/** Node says nothing but "close" of a request that is destroyed before it has a connection. */
function responseTo(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once('response', resolve);
    sent.on('error', reject);
    sent.once('close', () => reject(new Error('The connection was closed.')));
  });
}

function headOf(message: IncomingMessage): HttpStreamHead {
  const headers = endToEndHeaders(headerPairs(message.rawHeaders));
  return {
    status: message.statusCode ?? 0,
    headers: headers.filter(([name]) => !NOT_THE_FUNCTIONS.has(name.toLowerCase())),
  };
}
