import type { OwnUsePart, ReadOwnUse } from './sensors/own-use.js';

/** A reading that takes longer is done without: heartbeats must not wait for it. */
const LIMIT_MS = 1_000;

/**
 * How many cores our containers used since the reading before, on average. A container that has ended in between takes its last
 * share with it; one that has begun counts from its start.
 */
export class BusyCores {
  #last: { readonly atMs: number; readonly cpuSeconds: ReadonlyMap<string, number> } | null = null;

  /** @param nowMs a clock that never jumps, milliseconds */
  constructor(
    private readonly readUse: ReadOwnUse,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Null: there is nothing to compare with yet, or it can't be read. Never rejects. */
  async read(): Promise<number | null> {
    const parts = await this.#readSoon();
    const last = this.#last;
    if (parts === null) return null;
    const atMs = this.nowMs();
    this.#last = { atMs, cpuSeconds: new Map(parts.map(({ id, cpuSeconds }) => [id, cpuSeconds])) };
    if (last === null || atMs <= last.atMs) return null;
    const used = parts.reduce(
      (sum, { id, cpuSeconds }) => sum + Math.max(0, cpuSeconds - (last.cpuSeconds.get(id) ?? 0)),
      0,
    );
    return (used * 1000) / (atMs - last.atMs);
  }

  async #readSoon(): Promise<readonly OwnUsePart[] | null> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), LIMIT_MS);
    });
    try {
      return await Promise.race([this.readUse(), limit]);
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }
}
