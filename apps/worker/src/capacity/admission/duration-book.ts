import {
  addDuration,
  emptySketch,
  mergeSketch,
  type DurationSketch,
} from '#shared/domain/capacity/duration-sketch.js';
import type { DurationKey, DurationStore, FunctionDurations } from '#shared/store/duration-store.js';

/** How often what was measured here is given to the others, and what they have measured is read. */
const SHARE_EVERY_MS = 60_000;

interface Entry {
  readonly key: DurationKey;
  /** What all machines know, and what was measured here since. */
  known: DurationSketch;
  /** What was measured here and not written yet. */
  fresh: DurationSketch | null;
}

/**
 * How long functions take, as far as this worker knows: what SQL has of all machines, and its own. To measure and to ask costs a
 * look into a map; SQL is written and read once a minute. While SQL is away, what was measured is kept.
 */
export class DurationBook {
  readonly #entries = new Map<string, Entry>();
  readonly #reads = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #sharing: Promise<void> | undefined;

  constructor(
    private readonly store: DurationStore,
    private readonly onTrouble: (error: unknown) => void,
  ) {}

  open(): void {
    this.#timer = setInterval(() => void this.share(), SHARE_EVERY_MS);
  }

  /** Writes what is not written yet. Never rejects. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.share();
  }

  /** Only what came to its own end tells how long such work takes: what fails at once would make all of it look short. */
  measured(key: DurationKey, seconds: number): void {
    const entry = this.#entry(key);
    addDuration(entry.known, seconds);
    entry.fresh ??= emptySketch();
    addDuration(entry.fresh, seconds);
  }

  /** Null where nothing is known, or nothing was read yet. */
  known({ appId, functionName, kind }: DurationKey): DurationSketch | null {
    return this.#entries.get(wordsOf(appId, functionName, kind))?.known ?? null;
  }

  /** Resolves when what all machines know of an app was read; it is read again each minute in which it is asked for. Never rejects. */
  ready(appId: string): Promise<void> {
    let read = this.#reads.get(appId);
    if (!read) {
      read = this.#read([appId]);
      this.#reads.set(appId, read);
    }
    return read;
  }

  /** Gives what was measured to the others and reads what they have measured. Never rejects. */
  share(): Promise<void> {
    this.#sharing ??= this.#share().finally(() => (this.#sharing = undefined));
    return this.#sharing;
  }

  async #share(): Promise<void> {
    const asked = [...this.#reads.keys()];
    await this.#write();
    await this.#read(asked);
    // Those that are asked for again are read again the next time.
    for (const appId of asked) this.#reads.delete(appId);
  }

  async #write(): Promise<void> {
    const measured = [...this.#entries.values()].flatMap((entry) => {
      const { key, fresh } = entry;
      entry.fresh = null;
      return fresh ? [{ ...key, sketch: fresh }] : [];
    });
    if (measured.length === 0) return;
    try {
      this.#learn(await this.store.add(measured));
    } catch (error) {
      this.onTrouble(error);
      for (const { sketch, ...key } of measured) this.#keep(this.#entry(key), sketch);
    }
  }

  async #read(appIds: readonly string[]): Promise<void> {
    if (appIds.length === 0) return;
    try {
      this.#learn(await this.store.ofApps(appIds));
    } catch (error) {
      this.onTrouble(error);
      for (const appId of appIds) this.#reads.delete(appId);
    }
  }

  #learn(all: readonly FunctionDurations[]): void {
    for (const { sketch, ...key } of all) {
      const entry = this.#entry(key);
      entry.known = sketch;
      if (entry.fresh) mergeSketch(entry.known, entry.fresh);
    }
  }

  #keep(entry: Entry, sketch: DurationSketch): void {
    if (entry.fresh) mergeSketch(entry.fresh, sketch);
    else entry.fresh = sketch;
  }

  #entry(key: DurationKey): Entry {
    const words = wordsOf(key.appId, key.functionName, key.kind);
    let entry = this.#entries.get(words);
    if (!entry) {
      const { appId, functionName, kind } = key;
      entry = { key: { appId, functionName, kind }, known: emptySketch(), fresh: null };
      this.#entries.set(words, entry);
    }
    return entry;
  }
}

function wordsOf(appId: string, functionName: string, kind: string): string {
  return `${appId}/${kind}/${functionName}`;
}
