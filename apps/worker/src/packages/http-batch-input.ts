import { setTimeout as delay } from 'node:timers/promises';
import { BatchInput, InputUnavailableError, type InputLine, type InputPart } from './batch-input.js';
import type { FileUrls } from './file-urls.js';
import { LineReader } from './line-reader.js';
import { readFile } from './read-file.js';
import { retryDelayMs } from './retry-delay.js';

/** Failures in a row without a byte between them: some 7 s. Then another worker may have more luck. */
const TRIES = 5;

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
    for await (const piece of this.#bytes(part)) {
      const lines = reader.feed(piece);
      if (lines.length > 0) yield lines;
    }
    if (reader.hasOpenLine) yield reader.end();
  }

  async *#bytes({ digest, byteStart, byteEnd }: InputPart): AsyncGenerator<Buffer> {
    let position = byteStart;
    let failures = 0;
    while (position < byteEnd) {
      try {
        for await (const piece of readFile(this.urls, digest, { start: position, end: byteEnd })) {
          position += piece.length;
          failures = 0;
          yield piece;
        }
        if (position < byteEnd) throw new Error('the answer ended too early');
      } catch (error) {
        failures += 1;
        if (failures === TRIES) throw unavailable(digest, error);
        await delay(retryDelayMs(failures, Math.random()));
      }
    }
  }
}

function unavailable(digest: string, error: unknown): InputUnavailableError {
  const message = `The input ${digest} could not be read: ${(error as Error).message}`;
  return new InputUnavailableError(message, { cause: error });
}
