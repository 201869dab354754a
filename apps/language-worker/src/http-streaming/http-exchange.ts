import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { RpcHttp } from '#shared/contracts/function-rpc/values.js';
import { SystemError, messageOf } from '../errors.js';

/** Loopback connections are kept: a function that is called often pays for them once. */
const agent = new Agent({ keepAlive: true });

/** What a function answered over the library's HTTP server. */
export interface StreamedAnswer {
  readonly status: number;
  /** Names and values in turn, as they stood on the wire. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/**
 * Plays the host's part in HTTP streaming: sends one request to the HTTP server that the library runs on
 * this machine's loopback, and collects the response.
 *
 * The library keeps the request for the invocation that has the same id. It reads the URL's front from the
 * two `x-forwarded-` headers, and all other headers not from here but from the trigger metadata.
 */
export class HttpExchange {
  /** The whole response. Rejects when the exchange breaks or is aborted before its end. */
  readonly response: Promise<StreamedAnswer>;
  /** Never resolves; rejects when there was no response at all. */
  readonly undelivered: Promise<never>;
  readonly #request: ClientRequest;

  constructor(address: URL, invocationId: string, http: RpcHttp) {
    const url = new URL(http.url ?? '');
    const body = bodyOf(http);
    this.#request = request({
      agent,
      host: address.hostname,
      port: address.port,
      method: http.method ?? 'GET',
      path: `${url.pathname}${url.search}`,
      headers: {
        'x-ms-invocation-id': invocationId,
        'x-forwarded-host': url.host,
        'x-forwarded-proto': url.protocol.replace(':', ''),
        'content-length': body.length,
      },
    });
    const message = new Promise<IncomingMessage>((resolve, reject) => {
      this.#request.once('response', resolve);
      this.#request.on('error', (error) => reject(toSystemError(error)));
    });
    this.undelivered = message.then(() => new Promise<never>(() => {}));
    this.response = message.then(readAnswer);
    // Nobody may be waiting for these when they fail.
    this.undelivered.catch(() => {});
    this.response.catch(() => {});
    this.#request.end(body);
  }

  /** Breaks off what is still under way. */
  abort(): void {
    this.#request.destroy();
  }
}

async function readAnswer(message: IncomingMessage): Promise<StreamedAnswer> {
  try {
    return {
      status: message.statusCode ?? 0,
      rawHeaders: message.rawHeaders,
      body: await buffer(message),
    };
  } catch (error) {
    throw toSystemError(error);
  }
}

function bodyOf(http: RpcHttp): Buffer {
  const { body } = http;
  if (body?.bytes !== undefined)
    return Buffer.from(body.bytes.buffer, body.bytes.byteOffset, body.bytes.byteLength);
  return Buffer.from(body?.string ?? body?.json ?? '');
}

function toSystemError(error: unknown): SystemError {
  return new SystemError(`The streamed HTTP exchange broke off: ${messageOf(error)}`, { cause: error });
}
