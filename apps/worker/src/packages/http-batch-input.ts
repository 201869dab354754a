import { setTimeout as delay } from 'node:timers/promises';
import { BatchInput, InputUnavailableError, type InputLine, type InputPart } from './batch-input.js';
import type { FileUrls } from './file-urls.js';
import { LineReader } from './line-reader.js';

const TRIES = 5;
/** A chunk is about half a minute of work, and its input is read as the work goes on. */
const READ_TIMEOUT_MS = 3_600_000;

/** Reads parts of batch inputs from management by signed URL; a connection that breaks is taken up where it broke. */
export class HttpBatchInput extends BatchInput {
  constructor(
    private readonly urls: FileUrls,
    private readonly maxItemBytes: number,
  ) {
    super();
  }

  async *read(part: InputPart): AsyncGenerator<readonly InputLine[]> {
    const reader = new LineReader(part.firstLine, this.maxItemBytes);
    let position = part.byteStart;
    let failures = 0;
    while (position < part.byteEnd) {
      try {
        for await (const piece of await this.#open(part.digest, position, part.byteEnd)) {
          position += piece.length;
          failures = 0;
          yield reader.feed(piece);
        }
        if (position < part.byteEnd) throw new Error('the answer ended too early');
      } catch (error) {
        failures += 1;
        this.urls.forget(part.digest);
        if (failures === TRIES) throw unavailable(part, error);
        await delay(200 * 2 ** failures);
      }
    }
    if (reader.hasOpenLine) yield reader.end();
  }

  async #open(digest: string, start: number, end: number): Promise<AsyncIterable<Buffer>> {
    const response = await fetch(await this.urls.urlOf(digest), {
      headers: { range: `bytes=${start}-${end - 1}` },
      signal: AbortSignal.timeout(READ_TIMEOUT_MS),
    });
    if (response.status !== 206 || !response.body) {
      await response.body?.cancel();
      throw new Error(`management answered ${response.status}`);
    }
    return buffersOf(response.body);
  }
}

async function* buffersOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const piece of body) yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}

function unavailable(part: InputPart, error: unknown): InputUnavailableError {
  const message = `The input ${part.digest} could not be read: ${(error as Error).message}`;
  return new InputUnavailableError(message, { cause: error });
}
