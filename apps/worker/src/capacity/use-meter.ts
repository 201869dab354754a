import { ownCpuSeconds } from './sensors/foreign-use.js';
import type { OwnUsePart, ReadOwnUse } from './sensors/own-use.js';

interface Use {
  readonly parts: readonly OwnUsePart[];
  readonly atMs: number;
}

/** How many cores our containers use, from one asking to the next. */
export class UseMeter {
  #before: Use | null = null;

  constructor(
    private readonly read: ReadOwnUse,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** On average since it was last asked; null the first time, and where it can't be seen. Never rejects. */
  async busyCores(): Promise<number | null> {
    const before = this.#before;
    this.#before = await this.#use();
    const seconds = before && this.#before ? (this.#before.atMs - before.atMs) / 1000 : 0;
    if (!before || !this.#before || seconds <= 0) return null;
    return ownCpuSeconds(before.parts, this.#before.parts) / seconds;
  }

  async #use(): Promise<Use | null> {
    try {
      return { parts: await this.read(), atMs: this.nowMs() };
    } catch {
      return null;
    }
  }
}
