import { PassThrough, type Readable, type Writable } from 'node:stream';
import type {
  HttpStreamClient,
  HttpStreamHead,
} from '../../../apps/worker/src/channel/language-worker-channel.js';

/** A client of a streamed call that a test plays itself. */
export class TestStreamClient implements HttpStreamClient {
  readonly head: Promise<HttpStreamHead>;
  /** What the function answers. */
  readonly received: Readable;
  readonly #received = new PassThrough();
  readonly #head = Promise.withResolvers<HttpStreamHead>();
  readonly #gone = new AbortController();
  opened = 0;

  constructor(
    private readonly body: Readable | null = null,
    readonly bodyLength: number | null | undefined = body === null ? null : undefined,
  ) {
    this.head = this.#head.promise;
    this.received = this.#received;
    // A test may be interested in the invocation's end only.
    this.#received.on('error', () => undefined);
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  openBody(): Readable | null {
    this.opened += 1;
    return this.body;
  }

  respond(head: HttpStreamHead): Writable {
    this.#head.resolve(head);
    return this.#received;
  }

  go(): void {
    this.#gone.abort();
    this.#received.destroy();
  }
}
