import type { InvocationModel } from '../core-module/core-types.js';
import { SystemError } from '../errors.js';
import { paceBody } from './paced-body.js';
import type { ProxiedResponses } from './proxied-responses.js';

/**
 * One invocation whose request and response travel over the library's HTTP server: what the library leaves undone there.
 *
 * It waits for the request for ever, also when the host gives the invocation up; and it neither answers a request whose function
 * returned nothing, nor breaks off one whose function failed.
 */
export class StreamedRequest {
  readonly #invocationId: string;
  readonly #responses: ProxiedResponses;
  readonly #cancelled = Promise.withResolvers<never>();

  constructor(invocationId: string, responses: ProxiedResponses) {
    this.#invocationId = invocationId;
    this.#responses = responses;
    // Nobody may be waiting for it.
    this.#cancelled.promise.catch(() => {});
  }

  /** @throws SystemError when the invocation is cancelled before its request came. */
  argumentsOf(model: InvocationModel): ReturnType<InvocationModel['getArguments']> {
    return Promise.race([model.getArguments(), this.#cancelled.promise]);
  }

  /** @returns what the function returned, made no faster than its client. */
  pace(result: unknown): unknown {
    const response = this.#responses.find(this.#invocationId);
    return response === undefined ? result : paceBody(result, response);
  }

  /** Answers a request that the function left without an answer. */
  complete(): void {
    const response = this.#responses.find(this.#invocationId);
    if (response === undefined || response.headersSent) return;
    response.writeHead(204).end();
  }

  /** Breaks off what is under way: whoever reads the response sees that it is not whole. */
  breakOff(): void {
    this.#responses.find(this.#invocationId)?.destroy();
  }

  cancel(): void {
    this.#cancelled.reject(new SystemError('The host has given up the invocation.'));
    this.breakOff();
  }
}
