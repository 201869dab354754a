import { z } from 'zod';
import { FILE_URL_ROUTE } from '#shared/contracts/worker-api.js';

const answerSchema = z.object({ url: z.string(), expiresAt: z.number() });

/** A URL is not used in its last seconds: a download must have begun before it expires. */
const RESERVE_MS = 30_000;
const ASK_TIMEOUT_MS = 10_000;

interface KnownUrl {
  readonly url: string;
  /** By this process' monotonic clock: the machine's own may be wrong by hours. */
  readonly usableUntilMs: number;
}

/** Asks management for the URLs of files, and remembers them until shortly before they expire. */
export class FileUrls {
  readonly #known = new Map<string, KnownUrl>();
  readonly #asked = new Map<string, Promise<string>>();

  constructor(
    private readonly managementUrl: string,
    private readonly workerKey: string,
  ) {}

  /** Several callers at once cause one question. Throws an `Error` that says what management answered. */
  async urlOf(digest: string): Promise<string> {
    const known = this.#known.get(digest);
    if (known && known.usableUntilMs > performance.now()) return known.url;
    const asked = this.#asked.get(digest) ?? this.#askOnce(digest);
    return asked;
  }

  /** The URL was refused: the next caller gets a new one. */
  forget(digest: string): void {
    this.#known.delete(digest);
  }

  #askOnce(digest: string): Promise<string> {
    const asked = this.#ask(digest).finally(() => this.#asked.delete(digest));
    this.#asked.set(digest, asked);
    return asked;
  }

  async #ask(digest: string): Promise<string> {
    const response = await fetch(new URL(FILE_URL_ROUTE, this.managementUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${this.workerKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ digest }),
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`Management answered ${response.status} when asked for the file ${digest}.`);
    }
    const answer = answerSchema.parse(await response.json());
    const url = new URL(answer.url, this.managementUrl).href;
    const lifetimeMs = answer.expiresAt - answeredAt(response);
    this.#forgetExpired();
    this.#known.set(digest, { url, usableUntilMs: performance.now() + lifetimeMs - RESERVE_MS });
    return url;
  }

  #forgetExpired(): void {
    for (const [digest, { usableUntilMs }] of this.#known)
      if (usableUntilMs < performance.now()) this.#known.delete(digest);
  }
}

/** By management's clock, which the expiry is of too. Milliseconds since 1970. */
function answeredAt(response: Response): number {
  const date = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(date) ? Date.now() : date;
}
