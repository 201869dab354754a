import { sql, type Transaction } from 'kysely';
import { QUEUED } from './batch-runs.js';
import type { Engine } from './engine.js';
import type { Schema } from './schema.js';
import { asNumber } from './values.js';

/** Thrown when open chunks could run more items at once than their key allows; what the transaction wrote is taken back. */
export class KeyIsFullError extends Error {
  override readonly name = 'KeyIsFullError';
}

/**
 * For a transaction that has written a chunk. Throws `KeyIsFullError`. The key's row is changed first: who opens another chunk under it
 * at the same time, of whichever run, waits for the end of this transaction and counts its chunk.
 */
export async function checkKey(
  engine: Engine,
  transaction: Transaction<Schema>,
  { name, limit }: { readonly name: string; readonly limit: number },
): Promise<void> {
  const counted = await engine.changed(
    transaction
      .updateTable('batch_limit_keys')
      .set({ revision: sql<number>`${sql.ref('revision')} + 1` })
      .where('name', '=', name),
    ['name'],
  );
  // Two who do this at the same time: one finds a duplicate, and its whole transaction is tried again.
  if (counted.length === 0)
    await transaction.insertInto('batch_limit_keys').values({ name, revision: 1 }).execute();
  const sum = await transaction
    .selectFrom('batch_chunks')
    .select(sql<number | string | bigint>`coalesce(sum(${sql.ref('items_at_once')}), 0)`.as('at_once'))
    .where('limit_key', '=', name)
    // The filter of the key's index, which is used only when the query repeats it.
    .where('limit_key', 'is not', null)
    .where('state', '=', QUEUED)
    .executeTakeFirst();
  if (asNumber(sum?.at_once ?? 0) > limit) throw new KeyIsFullError(name);
}
