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

/**
 * What comes within this time shares a transaction. Nobody waits for it: a client has its reply before. Deliberately longer
 * than a warm call takes: a commit to SQLite holds up the event loop, and one after each call would delay the next one.
 */
const GATHER_MS = 20;
const RETRY_MAX_MS = 5_000;
/** From this many on, a failing batch is tried one by one, so that a bad row does not hold back the rest for ever. */
const ALONE_AFTER_TRIES = 3;
/** So many failures in a row mean that it is not the rows. */
const PROBES = 16;

/** Thrown to those whose items were not committed before the end. */
export class NotCommittedError extends Error {
  constructor() {
    super('The worker stopped before the database took the outcome.');
    this.name = 'NotCommittedError';
  }
}

/**
 * Gathers items for some milliseconds and commits them together, one commit at a time: while one is under way the next
 * gathers. A commit that fails is tried again with growing pauses for as long as the database is away; a row that the database
 * refuses while it takes others is given back to its owner with the error. Nothing is dropped in silence.
 */
export class MicroBatch<Item, Answer> {
  readonly #gathered: Waiting<Item, Answer>[] = [];
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
    let tries = 0;
    for (let waiting = this.#takeGathered(); waiting.length > 0; waiting.push(...this.#takeGathered())) {
      const error = await this.#commitTogether(waiting);
      if (error === undefined) {
        tries = 0;
        waiting = [];
        continue;
      }
      tries += 1;
      this.#failingSinceMs ??= performance.now();
      this.events.onCommitFailed(error, tries);
      if (tries >= ALONE_AFTER_TRIES) waiting = await this.#commitAlone(waiting);
      const pauseMs = Math.min(50 * 2 ** tries, RETRY_MAX_MS);
      await delay(pauseMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      if (this.#stop.signal.aborted) return this.#giveUp(waiting);
    }
    this.#running = undefined;
  }

  #takeGathered(): Waiting<Item, Answer>[] {
    return this.#gathered.splice(0);
  }

  /** The error, if there was one. */
  async #commitTogether(waiting: readonly Waiting<Item, Answer>[]): Promise<unknown> {
    try {
      const answers = await this.commit(waiting.map(({ item }) => item));
      this.#failingSinceMs = undefined;
      waiting.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
      return undefined;
    } catch (error) {
      return error ?? new Error('The commit failed without saying why.');
    }
  }

  /**
   * Tells a database that is away from a row that it will never take: each is committed by itself. If any goes through, the
   * others are to blame themselves and their owners are told; if none of the first few does, the database is away and all wait.
   */
  async #commitAlone(waiting: readonly Waiting<Item, Answer>[]): Promise<Waiting<Item, Answer>[]> {
    const refused: { readonly one: Waiting<Item, Answer>; readonly error: unknown }[] = [];
    for (const [index, one] of waiting.entries()) {
      const error = await this.#commitTogether([one]);
      if (error !== undefined) refused.push({ one, error });
      if (index + 1 === PROBES && refused.length === PROBES) return [...waiting];
    }
    if (refused.length === waiting.length) return [...waiting];
    for (const { one, error } of refused) one.reject(error);
    return [];
  }

  #giveUp(waiting: readonly Waiting<Item, Answer>[]): void {
    for (const { reject } of [...waiting, ...this.#takeGathered()]) reject(new NotCommittedError());
    this.#running = undefined;
  }
}
