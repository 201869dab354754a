import type { ChunkProgress, ItemOutcome } from '#shared/domain/batch.js';
import type { Recorded, Recorder } from '../recorder/recorder.js';

/** Enough rows for a transaction to be worth its cost, few enough that a kill loses little work. */
const FLUSH_ITEMS = 1_000;
/** How old a finished item may get before it shows. */
const FLUSH_MS = 250;
/** Two commits' worth: the function goes on while one is written, but never runs far ahead of the database. */
const PENDING_ITEMS_MAX = 4 * FLUSH_ITEMS;

/** Hands a chunk's finished items to the recorder, some at a time, and holds the chunk back when the database is slower than it. */
export class ProgressWriter {
  #items: ItemOutcome[] = [];
  #pendingItems = 0;
  #flushedAtMs = performance.now();
  #writes: Promise<unknown> = Promise.resolve();
  #refused = false;
  #failure: unknown;

  constructor(
    private readonly recorder: Recorder,
    private readonly chunk: Pick<ChunkProgress, 'chunkId' | 'runId' | 'fence' | 'machineId'>,
  ) {}

  /** The chunk was taken by a newer attempt: nothing more of it will be kept. */
  get refused(): boolean {
    return this.#refused;
  }

  add(items: readonly ItemOutcome[]): void {
    for (const item of items) this.#items.push(item);
    const due = this.#items.length >= FLUSH_ITEMS || performance.now() - this.#flushedAtMs >= FLUSH_MS;
    if (due) this.#flush(false);
  }

  /** Waits while too much is finished and not written. Throws `NotCommittedError` when the recorder has given up. */
  async room(): Promise<void> {
    while (this.#pendingItems >= PENDING_ITEMS_MAX && !this.#refused && this.#failure === undefined)
      await this.#writes;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Writes the rest. @param done the chunk is at its end */
  async end(done: boolean): Promise<Recorded> {
    this.#flush(done);
    await this.#writes;
    if (this.#failure !== undefined) throw this.#failure;
    return this.#refused ? 'refused' : 'committed';
  }

  #flush(done: boolean): void {
    const items = this.#items;
    if (items.length === 0 && !done) return;
    this.#items = [];
    this.#pendingItems += items.length;
    this.#flushedAtMs = performance.now();
    const write = this.recorder.recordProgress({ ...this.chunk, items, done }).then(
      (recorded) => {
        this.#pendingItems -= items.length;
        if (recorded === 'refused') this.#refused = true;
      },
      (error: unknown) => {
        this.#failure ??= error;
      },
    );
    this.#writes = Promise.all([this.#writes, write]);
  }
}
