import { setTimeout as delay } from 'node:timers/promises';

/** Does one thing again and again, with a pause after each time, until it is stopped. Two times never overlap. */
export class Repeating {
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();

  /** @param act must not throw */
  constructor(
    private readonly act: () => Promise<void>,
    private readonly pauseMs: number,
  ) {}

  /** Resolves after the first time. Called once. */
  async start(): Promise<void> {
    const first = this.act();
    this.#running = first.then(() => this.#goOn());
    await first;
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #goOn(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await delay(this.pauseMs, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.act();
    }
  }
}
