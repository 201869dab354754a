import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';

const INVOCATION_HEADER = 'x-ms-invocation-id';
const REQUEST_STARTED = 'http.server.request.start';

/**
 * The responses that a library which streams HTTP has open, by their invocation.
 *
 * The library keeps them to itself. Node announces every request that any HTTP server of the process takes; the host's bear
 * the invocation's id.
 */
export class ProxiedResponses {
  readonly #open = new Map<string, ServerResponse>();
  #isWatching = false;

  /** Begins to look; does nothing the second time. */
  watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    subscribe(REQUEST_STARTED, (message) => this.#note(message as Started));
  }

  /** @returns undefined when the host has sent no request for it, or the response is over. */
  find(invocationId: string): ServerResponse | undefined {
    return this.#open.get(invocationId);
  }

  #note({ request, response }: Started): void {
    const id = request.headers[INVOCATION_HEADER];
    if (typeof id !== 'string') return;
    this.#open.set(id, response);
    response.once('close', () => this.#open.delete(id));
  }
}

interface Started {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}
