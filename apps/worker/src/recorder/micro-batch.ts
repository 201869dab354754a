import { setTimeout as delay } from 'node:timers/promises';

export interface MicroBatchEvents {
  /** A commit failed and is tried again. */
  onCommitFailed(error: unknown, tries: number): void;
}

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** What comes within this time shares a transaction: a commit costs about as much as a hundred rows. */
const GATHER_MS = 3;
const RETRY_MAX_MS = 5_000;
/** From this many on, a failing batch is split so that one bad row does not hold back the rest. */
const ALONE_AFTER_TRIES = 3;

/** Thrown to those whose items were not committed before the end. */
export class NotCommittedError extends Error {
  constructor() {
    super('The worker stopped before the database took the outcome.');
    this.name = 'NotCommittedError';
  }
}

/**
 * Gathers items for some milliseconds and commits them together, one commit at a time: while one is under way the next
 * gathers. A commit that fails is tried again with growing pauses until it succeeds: nothing that was handed in is dropped.
 */
export class MicroBatch<Item, Answer> {
  #gathered: Waiting<Item, Answer>[] = [];
  #running: Promise<void> | undefined;
  #failingSinceMs: number | undefined;
  readonly #stop = new AbortController();

  constructor(
    private readonly commit: (items: readonly Item[]) => Promise<readonly Answer[]>,
    private readonly events: MicroBatchEvents,
  ) {}

  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#gathered.push({ item, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  get stuckSeconds(): number {
    return this.#failingSinceMs === undefined ? 0 : (performance.now() - this.#failingSinceMs) / 1000;
  }

  async close(graceSeconds: number): Promise<void> {
    const grace = setTimeout(() => this.#stop.abort(), graceSeconds * 1000);
    await this.#running;
    clearTimeout(grace);
  }

  async #run(): Promise<void> {
    await delay(GATHER_MS);
    while (this.#gathered.length > 0) {
      const waiting = this.#gathered;
      this.#gathered = [];
      await this.#commitAll(waiting);
    }
    this.#running = undefined;
  }

  async #commitAll(waiting: readonly Waiting<Item, Answer>[]): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        const answers = await this.commit(waiting.map(({ item }) => item));
        this.#failingSinceMs = undefined;
        waiting.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
        return;
      } catch (error) {
        this.#failingSinceMs ??= performance.now();
        this.events.onCommitFailed(error, tries);
      }
      await delay(Math.min(50 * 2 ** tries, RETRY_MAX_MS), undefined, { signal: this.#stop.signal }).catch(
        () => undefined,
      );
      if (this.#stop.signal.aborted) return waiting.forEach(({ reject }) => reject(new NotCommittedError()));
      if (tries === ALONE_AFTER_TRIES && waiting.length > 1) {
        for (const one of waiting) await this.#commitAll([one]);
        return;
      }
    }
  }
}
