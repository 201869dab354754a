import { Readable, Writable } from 'node:stream';
import type { HttpRequestData, HttpResponseData } from '#shared/domain/invocation.js';
import { textOf } from '../invocation/typed-data.js';
import type { HttpStreamClient, HttpStreamHead } from '../language-worker-channel.js';
import { recordedHead } from './recorded-response.js';

/** Thrown at a function whose whole response is asked for when that is larger than a FunctionRpc message could be. */
export class WholeResponseTooLargeError extends Error {
  constructor(readonly limitBytes: number) {
    super(
      `The response is larger than ${limitBytes} bytes. A call that is not answered as it comes (Prefer: respond-async, Idempotency-Key) is kept whole.`,
    );
    this.name = 'WholeResponseTooLargeError';
  }
}

/** Plays the client for a call that came whole and is answered whole, in an app that streams. */
export class WholeRequestClient implements HttpStreamClient {
  readonly gone = new AbortController().signal;
  readonly bodyLength: number | null;
  readonly #body: Buffer;
  /** Why the response was not taken to its end. */
  refusal: WholeResponseTooLargeError | undefined;
  readonly #chunks: Buffer[] = [];
  #head: HttpStreamHead | undefined;

  constructor(
    request: Pick<HttpRequestData, 'body' | 'bodyEncoding'>,
    private readonly limitBytes: number,
  ) {
    this.#body = Buffer.from(request.body ?? '', request.bodyEncoding ?? 'utf8');
    this.bodyLength = this.#body.length === 0 ? null : this.#body.length;
  }

  openBody(): Readable | null {
    return this.bodyLength === null ? null : Readable.from([this.#body]);
  }

  respond(head: HttpStreamHead): Writable {
    this.#head = head;
    let sizeBytes = 0;
    return new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        sizeBytes += chunk.length;
        if (sizeBytes > this.limitBytes) return done(this.#refuse());
        this.#chunks.push(chunk);
        done();
      },
    });
  }

  /** Once the response is whole. */
  response(): HttpResponseData | undefined {
    if (!this.#head) return undefined;
    const head = recordedHead(this.#head);
    if (this.#chunks.length === 0) return head;
    const { text, encoding } = textOf(Buffer.concat(this.#chunks));
    return { ...head, body: text, bodyEncoding: encoding };
  }

  #refuse(): Error {
    this.refusal = new WholeResponseTooLargeError(this.limitBytes);
    return this.refusal;
  }
}
