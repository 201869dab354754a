import type { ServerResponse } from 'node:http';
import { ReadableStream } from 'node:stream/web';
import { SystemError } from '../errors.js';

/**
 * Makes a function's response no faster than its client: the library writes what the body gives without waiting for what was
 * written before to leave, so that a long body would pile up in memory; and it goes on when the client has gone.
 *
 * A body that comes piece by piece is read only while the response takes it, and is cancelled when the response is cut off.
 * What is no such body is returned as it is.
 * @param result what the function returned
 */
export function paceBody(result: unknown, response: ServerResponse): unknown {
  if (typeof result !== 'object' || result === null) return result;
  const { body } = result as { body?: unknown };
  if (body instanceof ReadableStream) {
    paceStream(body, response);
    return result;
  }
  if (!isAsyncIterable(body)) return result;
  const stream = ReadableStream.from(body);
  paceStream(stream, response);
  // The rest of the result stays the function's own object.
  return Object.create(result, { body: { value: stream, enumerable: true } });
}

/** The library reads a body by its `values`, and by nothing else. */
function paceStream(body: ReadableStream, response: ServerResponse): void {
  Object.defineProperty(body, 'values', { configurable: true, value: () => pacedChunks(body, response) });
}

async function* pacedChunks(body: ReadableStream, response: ServerResponse): AsyncGenerator<unknown> {
  const reader = body.getReader();
  const cancel = (): void => void reader.cancel(goneError()).catch(() => {});
  response.once('close', cancel);
  // Status and headers are set by now: the client need not wait for the first piece to see them.
  response.flushHeaders();
  try {
    for (;;) {
      await untilTaken(response);
      if (response.destroyed) throw goneError();
      const { done, value } = (await reader.read()) as { done: boolean; value: unknown };
      if (response.destroyed) throw goneError();
      if (done) return;
      yield value;
    }
  } finally {
    response.off('close', cancel);
    // The library stops early when it can't write a piece; after the end this does nothing.
    await reader.cancel().catch(() => {});
  }
}

/** Waits until what was written has left, or nothing will any more. */
function untilTaken(response: ServerResponse): Promise<void> | undefined {
  if (!response.writableNeedDrain || response.destroyed) return undefined;
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function goneError(): SystemError {
  return new SystemError('The client of the HTTP stream has gone.');
}
