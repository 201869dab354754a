import type { Transaction } from 'kysely';
import type { ItemOutcome } from '../../domain/batch.js';
import type { Schema } from './schema.js';
import { asNumber } from './values.js';

/** What a chunk's row says of its items. */
export interface ItemCounts {
  readonly items_succeeded: number;
  readonly items_failed: number;
  readonly items_cancelled: number;
  readonly item_duration_ms: number;
}

export function countItems(items: readonly ItemOutcome[]): ItemCounts {
  let succeeded = 0;
  let failed = 0;
  let durationMs = 0;
  for (const item of items) {
    if (item.state === 'succeeded') succeeded++;
    else if (item.state === 'failed') failed++;
    durationMs += item.durationMs;
  }
  return {
    items_succeeded: succeeded,
    items_failed: failed,
    items_cancelled: items.length - succeeded - failed,
    item_duration_ms: durationMs,
  };
}

/** Adds to a chunk's counts: right when every one of these items was inserted just now. */
export async function addCounts(
  transaction: Transaction<Schema>,
  chunkId: string,
  counts: ItemCounts,
): Promise<void> {
  await transaction
    .updateTable('batch_chunks')
    .set((eb) => ({
      items_succeeded: eb('items_succeeded', '+', counts.items_succeeded),
      items_failed: eb('items_failed', '+', counts.items_failed),
      items_cancelled: eb('items_cancelled', '+', counts.items_cancelled),
      item_duration_ms: eb('item_duration_ms', '+', counts.item_duration_ms),
    }))
    .where('id', '=', chunkId)
    .execute();
}

/** Counts a chunk's items anew: for when some were there before. */
export async function recount(
  transaction: Transaction<Schema>,
  chunk: {
    readonly id: string;
    readonly run_id: string;
    readonly first_line: number | string;
    readonly line_count: number;
  },
): Promise<void> {
  const firstLine = asNumber(chunk.first_line);
  const rows = await transaction
    .selectFrom('batch_items')
    .select((eb) => ['state', eb.fn.countAll().as('items'), eb.fn.sum('duration_ms').as('duration_ms')])
    .where('run_id', '=', chunk.run_id)
    .where('line_number', '>=', firstLine)
    .where('line_number', '<', firstLine + chunk.line_count)
    .groupBy('state')
    .execute();
  const itemsIn = (state: string) => asNumber(rows.find((row) => row.state === state)?.items);
  await transaction
    .updateTable('batch_chunks')
    .set({
      items_succeeded: itemsIn('succeeded'),
      items_failed: itemsIn('failed'),
      items_cancelled: itemsIn('cancelled'),
      item_duration_ms: rows.reduce((sum, row) => sum + asNumber(row.duration_ms), 0),
    })
    .where('id', '=', chunk.id)
    .execute();
}
