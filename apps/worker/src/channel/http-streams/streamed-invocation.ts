import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Failure, HttpRequestData, HttpResponseData } from '#shared/domain/invocation.js';
import type {
  ChannelInvocation,
  ChannelResult,
  HttpStreamClient,
  HttpStreamHead,
  StreamingServer,
} from '../language-worker-channel.js';
import type { TunnelPool } from '../tunnels/tunnel-pool.js';
import { exchangeOrderOf } from './exchange-order.js';
import { carryExchange, ExchangeBrokenError, type ExchangeEnd } from './http-exchange.js';
import { recordedHead } from './recorded-response.js';
import { WholeRequestClient, type WholeResponseTooLargeError } from './whole-request-client.js';

/** What a streamed invocation is made of. */
export interface StreamedInvocationParts {
  readonly invocation: ChannelInvocation;
  readonly request: HttpRequestData;
  readonly server: StreamingServer;
  readonly tunnels: TunnelPool;
  /** The largest response that is kept whole, where that is asked for. Bytes. */
  readonly wholeResponseLimitBytes: number;
  /** The language worker's answer over FunctionRpc. */
  readonly answer: Promise<ChannelResult>;
  /** Tells the language worker that the invocation was given up. */
  readonly cancel: () => void;
}

/** A relay opens its tunnels within milliseconds; a machine that is overloaded may need seconds. */
const TUNNEL_WAIT_SECONDS = 30;
/** What a function answers by HTTP has left before its invocation's answer did: it arrives within this, or there is none. */
const LATE_RESPONSE_SECONDS = 5;
/** How long the language worker may take to say why, when the exchange broke before any response. */
const EXPLANATION_SECONDS = 10;

/**
 * Runs an invocation whose request and response travel over the language worker's HTTP server.
 *
 * Two things go on side by side: the **answer** over FunctionRpc, which says how the function ended, and the **exchange** over
 * HTTP. A function that failed breaks the exchange off; an exchange that broke off, by itself or because its client went, waits
 * for the answer, which says why, and is no success whatever the answer is.
 * Rejects as the answer does (`ChannelClosedError`).
 */
export async function runStreamed(parts: StreamedInvocationParts): Promise<ChannelResult> {
  const { invocation, request, wholeResponseLimitBytes } = parts;
  const whole = invocation.stream ? undefined : new WholeRequestClient(request, wholeResponseLimitBytes);
  const client = new NotedClient(invocation.stream ?? whole!);
  const over = new AbortController();
  const giveUp = (): void => {
    over.abort(new Error('The client has gone.'));
    parts.cancel();
  };
  client.gone.addEventListener('abort', giveUp, { once: true });
  const exchange = startExchange(parts, client, over.signal);
  try {
    if (client.gone.aborted) giveUp();
    const answer = await Promise.race([parts.answer, explained(exchange, parts.cancel, over.signal)]);
    if (client.gone.aborted) return { state: 'cancelled' };
    if (whole?.refusal) return { state: 'failed', failure: tooLargeFailure(whole.refusal) };
    if (answer.state !== 'succeeded') return answer;
    return await completed(answer, exchange, client, whole, over.signal);
  } finally {
    client.gone.removeEventListener('abort', giveUp);
    over.abort(new Error('The function has ended without a whole response.'));
    await exchange.catch(() => undefined);
  }
}

/** A client, and whether it has been answered. */
class NotedClient implements HttpStreamClient {
  responded = false;

  constructor(private readonly client: HttpStreamClient) {}

  get bodyLength(): number | null | undefined {
    return this.client.bodyLength;
  }

  get gone(): AbortSignal {
    return this.client.gone;
  }

  openBody(): Readable | null {
    return this.client.openBody();
  }

  respond(head: HttpStreamHead): Writable {
    this.responded = true;
    return this.client.respond(head);
  }
}

async function startExchange(
  { invocation, request, server, tunnels }: StreamedInvocationParts,
  client: HttpStreamClient,
  signal: AbortSignal,
): Promise<ExchangeEnd> {
  const host = `localhost:${server.port}`;
  const order = exchangeOrderOf(invocation.invocationId, request, { host }, client.bodyLength);
  const patience = AbortSignal.timeout(TUNNEL_WAIT_SECONDS * 1000);
  const tunnel = await tunnels.take(AbortSignal.any([signal, patience])).catch((error: Error) => {
    const message = patience.aborted
      ? `No relay has opened a tunnel within ${TUNNEL_WAIT_SECONDS} s.`
      : error.message;
    throw new ExchangeBrokenError(message, undefined, { cause: error });
  });
  return carryExchange(tunnel, order, client, signal);
}

/** Resolves when the exchange broke before any response and the language worker does not say why; else never. */
async function explained(
  exchange: Promise<ExchangeEnd>,
  cancel: () => void,
  over: AbortSignal,
): Promise<ChannelResult> {
  const broken = await brokenEarly(exchange);
  cancel();
  await within(EXPLANATION_SECONDS, over);
  return { state: 'failed', failure: brokenFailure(broken) };
}

function brokenEarly(exchange: Promise<ExchangeEnd>): Promise<ExchangeBrokenError> {
  return new Promise((resolve) => {
    exchange.catch((error: unknown) => {
      if (error instanceof ExchangeBrokenError && error.head === undefined) resolve(error);
    });
  });
}

/** The function went well: so did the invocation, if its response has come through. */
async function completed(
  answer: Extract<ChannelResult, { state: 'succeeded' }>,
  exchange: Promise<ExchangeEnd>,
  client: NotedClient,
  whole: WholeRequestClient | undefined,
  over: AbortSignal,
): Promise<ChannelResult> {
  await Promise.race([exchange.catch(() => undefined), within(LATE_RESPONSE_SECONDS, over)]);
  // It returned nothing, and its language worker leaves such a request without a response.
  if (!client.responded) return answer;
  try {
    const end = await exchange;
    return { ...answer, output: { ...answer.output, http: whole?.response() ?? streamedResponse(end) } };
  } catch (error) {
    if (client.gone.aborted) return { state: 'cancelled' };
    if (!(error instanceof ExchangeBrokenError)) throw error;
    return { state: 'failed', failure: brokenFailure(error) };
  }
}

/** Resolves after the time, or at once when all is over. */
async function within(seconds: number, over: AbortSignal): Promise<void> {
  await delay(seconds * 1000, undefined, { ref: false, signal: over }).catch(() => undefined);
}

function streamedResponse({ head, requestBytes, responseBytes }: ExchangeEnd): HttpResponseData {
  return { ...recordedHead(head), streamed: { requestBytes, responseBytes } };
}

function tooLargeFailure({ name, message }: WholeResponseTooLargeError): Failure {
  return { source: 'function', type: name, message };
}

function brokenFailure({ head, message }: ExchangeBrokenError): Failure {
  return head === undefined
    ? {
        source: 'platform',
        type: 'HttpRelayBroken',
        message: `The request did not come to the function: ${message}`,
      }
    : { source: 'function', type: 'HttpStreamBroken', message: `The response broke off: ${message}` };
}
