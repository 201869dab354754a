import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StreamOpening } from '#shared/contracts/http-streams.js';
import type { HttpHeader } from '#shared/domain/http-headers.js';
import { hasUnreadBody } from '../../../http/unread-body.js';
import { awaitStreamOpening } from './await-stream-opening.js';
import { responseHeaders } from './response-headers.js';

/** How a streamed call came to be answered. `left`: the client did not wait for it. */
export type StreamAnswer = StreamOpening | { readonly kind: 'left' };

/** What became of a worker's request to take part in a call. */
export type Admission = 'admitted' | 'busy' | 'over';

/**
 * A streamed call at the instance that holds its client's connection.
 *
 * It is **waiting** until a worker's try asks for the request's body; then it is **claimed** by that try, and no other is let in.
 * A try that breaks off before anything of a body has flowed gives the call back: another may claim it. Once the try has said how
 * the response begins the call is **answered**, and the response flows until it has **ended**, whole or broken off. A client that
 * goes ends it at any time, and with it what its worker has open.
 */
export class OpenStream {
  /** Resolves when it is known how the call is answered. */
  readonly answer: Promise<StreamAnswer>;
  /** Resolves when nothing flows any more. */
  readonly ended: Promise<void>;
  readonly #answered = Promise.withResolvers<StreamAnswer>();
  readonly #ended = Promise.withResolvers<void>();
  #tryId: string | undefined;
  #hasFlowed = false;
  #isAnswered = false;
  #isOver = false;
  /** The worker's ends that are open. */
  readonly #workerEnds = new Set<{ destroy(): unknown }>();

  constructor(
    readonly token: string,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly customHeaders: readonly HttpHeader[],
  ) {
    this.answer = this.#answered.promise;
    this.ended = this.#ended.promise;
    response.once('close', () => this.#settle({ kind: 'left' }));
    if (response.destroyed) this.#settle({ kind: 'left' });
  }

  /** Gives a worker's try the request's body, as it comes. */
  sendRequest(tryId: string, to: ServerResponse): Admission {
    if (this.#isOver || this.#isAnswered || this.#hasFlowed) return 'over';
    if (this.#tryId !== undefined) return 'busy';
    this.#tryId = tryId;
    this.#hold(to);
    to.writeHead(200, { 'content-type': 'application/octet-stream' });
    to.flushHeaders();
    this.request.once('data', () => (this.#hasFlowed = true));
    // Not `pipeline`: it would end the client's connection when the worker's ends.
    if (this.request.readableEnded) to.end();
    else this.request.pipe(to);
    const breakOff = (): void => {
      if (!this.request.complete) to.destroy();
    };
    this.request.once('close', breakOff);
    to.once('close', () => {
      this.request.off('close', breakOff);
      this.request.unpipe(to);
      this.request.pause();
      if (!to.writableFinished) this.#giveBack(tryId);
    });
    return 'admitted';
  }

  /** Takes a worker's response. @param done tells the worker that it was taken to its end */
  takeResponse(tryId: string, from: IncomingMessage, done: () => void): Admission {
    if (this.#isOver || this.#isAnswered) return 'over';
    if (this.#tryId !== tryId) return 'busy';
    this.#hold(from);
    void awaitStreamOpening(from).then((opening) => {
      if (this.#isOver) return from.destroy();
      if (opening === undefined) return this.#lose(tryId);
      if (opening.kind === 'head') return this.#respond(opening, from, done);
      this.#workerEnds.delete(from);
      from.resume();
      this.#settle(opening);
      return done();
    });
    return 'admitted';
  }

  /** Ends it for the worker: nobody waits any more. Does nothing to the client's connection. */
  close(): void {
    this.#isOver = true;
    for (const end of this.#workerEnds) end.destroy();
    this.#ended.resolve();
  }

  #respond(opening: Extract<StreamOpening, { kind: 'head' }>, from: IncomingMessage, done: () => void): void {
    const headers = responseHeaders(opening.headers, this.customHeaders, hasUnreadBody(this.request));
    try {
      this.response.writeHead(opening.status, headers.flat());
      this.response.flushHeaders();
    } catch {
      // A header that HTTP does not allow: nothing of it must reach the client.
      from.destroy();
      return this.#settle({ kind: 'ended', state: 'failed' });
    }
    this.#isAnswered = true;
    this.#answered.resolve(opening);
    this.response.once('finish', () => this.#finish(done));
    from.once('close', () => {
      // What is not whole must not look as if it were.
      if (!from.complete) this.response.destroy();
    });
    from.pipe(this.response);
  }

  #finish(done: () => void): void {
    this.#isOver = true;
    done();
    this.#ended.resolve();
  }

  /** The try's response broke off before it began: it goes to another try, or nobody can repeat what has flowed. */
  #lose(tryId: string): void {
    if (this.#hasFlowed) this.#settle({ kind: 'ended', state: 'abandoned' });
    else this.#giveBack(tryId);
  }

  #giveBack(tryId: string): void {
    if (!this.#hasFlowed && !this.#isAnswered && this.#tryId === tryId) this.#tryId = undefined;
  }

  #settle(answer: StreamAnswer): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#answered.resolve(answer);
    if (answer.kind === 'left') this.close();
    this.#ended.resolve();
  }

  #hold(end: IncomingMessage | ServerResponse): void {
    this.#workerEnds.add(end);
    end.once('close', () => this.#workerEnds.delete(end));
    // It shows in "close".
    end.on('error', () => undefined);
  }
}
