import { Injectable } from '@nestjs/common';
import type { BatchRun } from '#shared/domain/batch.js';
import { BatchStore } from '#shared/store/batch-store.js';

type OfFunction = Pick<BatchRun, 'appId' | 'functionName'>;

/** A mean changes slowly. While it is not known it is asked for each time: the first chunk that ends tells it. */
const KEPT_FOR_MS = 1000;
const MOST_KEPT = 10_000;

/** How long items of functions take, on average, as their newest chunks say. */
@Injectable()
export class ItemTimes {
  private readonly known = new Map<string, { readonly meanMs: number; readonly atMs: number }>();

  constructor(private readonly batches: BatchStore) {}

  /** As it was known last, milliseconds; null: it was not, or nobody asked yet. */
  lastKnown(work: OfFunction): number | null {
    return this.known.get(keyOf(work))?.meanMs ?? null;
  }

  /** Milliseconds; null without history. */
  async mean(work: OfFunction): Promise<number | null> {
    const known = this.known.get(keyOf(work));
    if (known && performance.now() - known.atMs < KEPT_FOR_MS) return known.meanMs;
    const meanMs = await this.batches.meanItemDurationMs(work.appId, work.functionName);
    if (meanMs !== null) this.keep(keyOf(work), meanMs);
    return meanMs;
  }

  private keep(key: string, meanMs: number): void {
    if (this.known.size >= MOST_KEPT) this.known.clear();
    this.known.set(key, { meanMs, atMs: performance.now() });
  }
}

function keyOf({ appId, functionName }: OfFunction): string {
  return `${appId} ${functionName}`;
}
