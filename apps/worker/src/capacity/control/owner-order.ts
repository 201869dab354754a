import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { OwnerOrder, Reading } from '#shared/domain/capacity/readings.js';

/** The owner's word as it stands in the file: until when the machine is not to be used. */
export const snoozeSchema = z.strictObject({ until: z.union([z.iso.datetime(), z.literal('never')]) });
export type Snooze = z.infer<typeof snoozeSchema>;

/** Where the owner's word is kept, in the worker's own folder. Without the file the machine is offered. */
export function snoozePath(folder: string): string {
  return join(folder, 'snooze.json');
}

/** @throws {Error} for text that is not what `owner --snooze` writes */
export function parseSnooze(text: string): Snooze {
  return snoozeSchema.parse(JSON.parse(text));
}

/**
 * What an owner has said, as the policy takes it. The end of a snooze is brought onto the monotonic clock when it is first read:
 * from then on it matters no more what the wall clock is set to.
 */
export class OwnerOrderFile {
  #text: string | null = null;
  #latest: Reading<OwnerOrder> = 'unknown';

  /** @param folder the worker's own */
  constructor(
    private readonly folder: string,
    private readonly nowMs: () => number = () => performance.now(),
    private readonly wallMs: () => number = () => Date.now(),
  ) {}

  /** What was read last. Unknown, where the file can't be read or understood: then the owner may have meant anything. */
  get latest(): Reading<OwnerOrder> {
    return this.#latest;
  }

  /** Never rejects. */
  async read(): Promise<void> {
    try {
      const text = await readFile(snoozePath(this.folder), 'utf8');
      if (text !== this.#text || this.#latest === 'unknown') this.#latest = this.#orderOf(parseSnooze(text));
      this.#text = text;
    } catch (error) {
      this.#text = null;
      this.#latest = (error as NodeJS.ErrnoException).code === 'ENOENT' ? { kind: 'offered' } : 'unknown';
    }
  }

  #orderOf({ until }: Snooze): OwnerOrder {
    if (until === 'never') return { kind: 'never' };
    return { kind: 'snoozed', untilMs: this.nowMs() + (Date.parse(until) - this.wallMs()) };
  }
}

/** Whether the owner's word keeps work away at a moment of the monotonic clock. */
export function isWithheld(order: Reading<OwnerOrder>, nowMs: number): boolean {
  if (order === 'unknown' || order.kind === 'never') return true;
  return order.kind === 'snoozed' && nowMs < order.untilMs;
}
