import type { FileUrls } from './file-urls.js';

/** Part of a file; `end` is exclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A connection on which nothing comes for so long is dead: a machine that sleeps or a network that is gone says no goodbye. */
const STALL_MS = 30_000;

/**
 * The bytes of a file of management, or of a part of it, as they come; the next piece is only waited for when it is asked for.
 * After a failure the next attempt gets a new URL. Throws an `Error` that says what happened.
 */
export async function* readFile(urls: FileUrls, digest: string, range?: ByteRange): AsyncGenerator<Buffer> {
  const stall = new StallGuard(STALL_MS);
  try {
    const response = await stall.within(
      fetch(await urls.urlOf(digest), { headers: headersFor(range), signal: stall.signal }),
    );
    const body = await bodyOf(response, range);
    yield* pieces(body, stall);
  } catch (error) {
    urls.forget(digest);
    throw stall.signal.aborted ? new Error(`nothing came for ${STALL_MS / 1000} s`, { cause: error }) : error;
  }
}

/** Not compressed on the way: positions and digests are of the file itself. */
function headersFor(range: ByteRange | undefined): Record<string, string> {
  const headers = { 'accept-encoding': 'identity' };
  return range ? { ...headers, range: `bytes=${range.start}-${range.end - 1}` } : headers;
}

async function bodyOf(response: Response, range: ByteRange | undefined): Promise<ReadableStream<Uint8Array>> {
  const problem = problemOf(response, range);
  if (response.body && problem === undefined) return response.body;
  await response.body?.cancel();
  throw new Error(problem ?? 'management answered without a body');
}

/** An answer about other bytes than those that were asked for would pass for them. */
function problemOf(response: Response, range: ByteRange | undefined): string | undefined {
  if (response.status !== (range ? 206 : 200)) return `management answered ${response.status}`;
  if (!range) return undefined;
  const given = response.headers.get('content-range') ?? '';
  if (given.startsWith(`bytes ${range.start}-${range.end - 1}/`)) return undefined;
  return `management answered with the range "${given}" to ${range.start}-${range.end - 1}`;
}

async function* pieces(body: ReadableStream<Uint8Array>, stall: StallGuard): AsyncGenerator<Buffer> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await stall.within(reader.read());
      if (done) return;
      yield Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
  } finally {
    // The consumer may have had enough: the connection must not wait for the rest.
    await reader.cancel().catch(() => undefined);
  }
}

/** Aborts when one step takes too long; time between the steps, when the consumer works, does not count. */
class StallGuard {
  readonly #controller = new AbortController();

  constructor(private readonly limitMs: number) {}

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async within<T>(step: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.#controller.abort(), this.limitMs);
    try {
      return await step;
    } finally {
      clearTimeout(timer);
    }
  }
}
