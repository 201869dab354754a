import { z } from 'zod';
import { FILE_URL_ROUTE } from '#shared/contracts/worker-api.js';

const answerSchema = z.object({ url: z.string(), expiresAt: z.number() });

/** A URL is not used in its last seconds: a download must have begun before it expires. */
const RESERVE_MS = 30_000;
const ASK_TIMEOUT_MS = 10_000;

interface KnownUrl {
  readonly url: string;
  readonly expiresAtMs: number;
}

/** Asks management for the URLs of files, and remembers them until shortly before they expire. */
export class FileUrls {
  readonly #known = new Map<string, KnownUrl>();

  constructor(
    private readonly managementUrl: string,
    private readonly workerKey: string,
  ) {}

  /** Throws an `Error` that says what management answered. */
  async urlOf(digest: string): Promise<string> {
    const known = this.#known.get(digest);
    if (known && known.expiresAtMs - RESERVE_MS > Date.now()) return known.url;
    const fresh = await this.#ask(digest);
    this.#forgetExpired();
    this.#known.set(digest, fresh);
    return fresh.url;
  }

  /** The URL was refused: the next caller gets a new one. */
  forget(digest: string): void {
    this.#known.delete(digest);
  }

  async #ask(digest: string): Promise<KnownUrl> {
    const response = await fetch(new URL(FILE_URL_ROUTE, this.managementUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${this.workerKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ digest }),
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
    });
    if (!response.ok)
      throw new Error(`Management answered ${response.status} when asked for the file ${digest}.`);
    const answer = answerSchema.parse(await response.json());
    return { url: new URL(answer.url, this.managementUrl).href, expiresAtMs: answer.expiresAt };
  }

  #forgetExpired(): void {
    for (const [digest, { expiresAtMs }] of this.#known)
      if (expiresAtMs < Date.now()) this.#known.delete(digest);
  }
}
