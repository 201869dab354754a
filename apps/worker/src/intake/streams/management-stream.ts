import type { ClientRequest, IncomingMessage } from 'node:http';
import { Writable, type Readable } from 'node:stream';
import { encodeOpening, type StreamOpening } from '#shared/contracts/http-streams.js';
import type { HttpStreamClient, HttpStreamHead } from '../../channel/language-worker-channel.js';

/** Management answers as soon as the client has got all; when that takes longer than this nobody is there any more. */
const GOODBYE_SECONDS = 10;

/**
 * The client of a streamed call, by way of management: one request that brings the request's body, one that takes the response.
 *
 * The second stands open from the beginning: when management breaks it off, the client has gone. Until something of a body has
 * **begun** to flow the call can be tried again, here or elsewhere.
 */
export class ManagementStream implements HttpStreamClient {
  readonly #gone = new AbortController();
  readonly #answered: Promise<number | undefined>;
  #isOver = false;
  #begun = false;

  constructor(
    private readonly body: IncomingMessage,
    private readonly response: ClientRequest,
    readonly bodyLength: number | null | undefined,
  ) {
    this.#answered = new Promise((resolve) => {
      response.once('response', (message: IncomingMessage) => {
        message.resume();
        resolve(message.statusCode);
      });
      response.once('close', () => resolve(undefined));
    });
    void this.#answered.then(() => {
      if (!this.#isOver) this.#leave();
    });
    // It shows in "close".
    response.on('error', () => undefined);
    body.on('error', () => undefined);
    response.flushHeaders();
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Something has flowed that can't be brought back: there is no second try. */
  get begun(): boolean {
    return this.#begun;
  }

  openBody(): Readable | null {
    if (this.bodyLength === null) return null;
    this.#begun = true;
    return this.body;
  }

  respond({ status, headers }: HttpStreamHead): Writable {
    this.#begun = true;
    this.response.write(encodeOpening({ kind: 'head', status, headers }));
    return new Writable({
      // The callback comes when the piece has left: nothing piles up here.
      write: (chunk: Buffer, _encoding, done) =>
        void this.response.write(chunk, (error) => done(error ? this.#leave() : null)),
      final: (done) => void this.#finish().then((whole) => done(whole ? null : this.#leave())),
      destroy: (error, done) => {
        if (error) this.close();
        done(error);
      },
    });
  }

  /** Says how the function ended, when it has answered nothing by HTTP. Never rejects. */
  async end(opening: StreamOpening): Promise<void> {
    if (this.#isOver) return void this.body.destroy();
    this.response.write(encodeOpening(opening));
    await this.#finish();
    this.close();
  }

  /** Breaks off what is not at its end. */
  close(): void {
    this.#isOver = true;
    this.body.destroy();
    this.response.destroy();
  }

  #leave(): Error {
    const error = new Error('The client has gone.');
    this.#gone.abort(error);
    return error;
  }

  /** @returns whether management has taken all of it */
  async #finish(): Promise<boolean> {
    this.#isOver = true;
    this.response.end();
    const timer = setTimeout(() => this.response.destroy(), GOODBYE_SECONDS * 1000);
    const status = await this.#answered;
    clearTimeout(timer);
    return status === 204;
  }
}
