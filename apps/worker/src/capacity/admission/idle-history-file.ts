import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HOURS_PER_WEEK, type IdleHistory } from './idle-history.js';

const hoursSchema = z.array(z.number().min(0)).length(HOURS_PER_WEEK);
const historySchema = z.object({ version: z.literal(1), seen: hoursSchema, idle: hoursSchema });

export interface IdleHistoryEvents {
  /** It could not be read, or not be written. The worker goes on without it. */
  onTrouble(message: string, error: unknown): void;
}

/** Keeps in the worker's folder when its machine's owner comes. It is about a person: it stays on the machine. */
export class IdleHistoryFile {
  readonly #path: string;
  #writes: Promise<void> = Promise.resolve();

  constructor(
    folder: string,
    private readonly events: IdleHistoryEvents,
  ) {
    this.#path = join(folder, 'idle-history.json');
  }

  /** What was learnt before; null: nothing, or nothing that can be read. Never rejects. */
  async read(): Promise<IdleHistory | null> {
    try {
      const { seen, idle } = historySchema.parse(JSON.parse(await readFile(this.#path, 'utf8')));
      return { seen: Float32Array.from(seen), idle: Float32Array.from(idle) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      this.events.onTrouble(`${this.#path} can't be read: when the owner comes is learnt anew.`, error);
      return null;
    }
  }

  /** Writes what is known now; one write after the other. */
  write({ seen, idle }: IdleHistory): void {
    const text = JSON.stringify({ version: 1, seen: rounded(seen), idle: rounded(idle) });
    this.#writes = this.#writes.then(() => this.#write(text));
  }

  /** Resolves when all is written. Never rejects. */
  async close(): Promise<void> {
    await this.#writes;
  }

  async #write(text: string): Promise<void> {
    try {
      // Whoever reads it after a power cut must not find half of it.
      await writeFile(`${this.#path}.new`, `${text}\n`, { mode: 0o600 });
      await rename(`${this.#path}.new`, this.#path);
    } catch (error) {
      this.events.onTrouble(
        `${this.#path} can't be written: what was learnt is lost at the next start.`,
        error,
      );
    }
  }
}

function rounded(hours: Float32Array): number[] {
  return Array.from(hours, (hour) => Math.round(hour * 1e4) / 1e4);
}
