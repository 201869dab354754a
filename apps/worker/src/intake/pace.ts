import { setTimeout as delay } from 'node:timers/promises';

/**
 * What was not used for so long is used up at once afterwards: a busy machine wakes late by some milliseconds, and would else be slower
 * than its rate with every item. No longer: a rate is a promise to whoever is called.
 */
const CATCH_UP_MS = 100;

/**
 * Lets items begin at no more than a rate. Each has its time before it and not after it: so a chunk that follows another one does not
 * begin with an item for nothing, and of two chunks together no more begin than of one that is as long.
 */
export class Pace {
  #lastAtMs: number;

  /** @param perSecond undefined: at any rate */
  constructor(
    private readonly perSecond: number | undefined,
    private readonly nowMs: () => number = () => performance.now(),
    private readonly sleep: (ms: number, over: AbortSignal) => Promise<void> = sleepUntil,
  ) {
    this.#lastAtMs = nowMs();
  }

  /** Resolves when so many items may begin, or the signal is aborted. */
  async take(items: number, over: AbortSignal): Promise<void> {
    if (this.perSecond === undefined) return;
    const now = this.nowMs();
    this.#lastAtMs = Math.max(this.#lastAtMs, now - CATCH_UP_MS) + (items * 1000) / this.perSecond;
    if (this.#lastAtMs <= now) return;
    await this.sleep(this.#lastAtMs - now, over);
  }
}

async function sleepUntil(ms: number, over: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal: over }).catch(() => undefined);
}
