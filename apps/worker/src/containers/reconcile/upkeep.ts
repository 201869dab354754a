import { setTimeout as delay } from 'node:timers/promises';

/** Something that is to be put in order again and again. */
export interface Chore {
  readonly name: string;
  run(): Promise<void>;
}

/** Runs the chores one after the other, then waits. What fails is told and done again next time. */
export class Upkeep {
  readonly #stopped = new AbortController();

  constructor(
    private readonly chores: readonly Chore[],
    private readonly intervalSeconds: number,
    private readonly onFailed: (chore: string, error: unknown) => void,
  ) {}

  /** The first round is after one interval: at the start everything has just been put in order. */
  open(): void {
    void this.#roundAfterRound();
  }

  /** Does not wait for a chore that is under way: an engine that hangs must not hold up the stop. */
  close(): void {
    this.#stopped.abort();
  }

  async #roundAfterRound(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await delay(this.intervalSeconds * 1000, undefined, { signal }).catch(() => undefined);
      for (const chore of this.chores) {
        if (signal.aborted) return;
        await chore.run().catch((error: unknown) => this.onFailed(chore.name, error));
      }
    }
  }
}
