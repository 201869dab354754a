import type { Transaction } from 'kysely';
import type { ChunkProgress, ChunkState } from '../../domain/batch.js';
import { ITEMS, ItemRows } from './batch-rows.js';
import type { Database } from './database.js';
import { addCounts, countItems, recount } from './item-counts.js';
import type { Schema } from './schema.js';
import { asNumber } from './values.js';

interface AcceptedProgress {
  readonly progress: ChunkProgress;
  readonly chunk: {
    readonly id: string;
    readonly run_id: string;
    readonly first_line: number | string;
    readonly line_count: number;
  };
}

/**
 * Commits progress within a transaction, in three steps: each chunk's row is taken if its claim still stands (the row's lock then
 * keeps a newer claim out until the end), the items of those that were taken go in at once, and the chunks' counts grow by what went in.
 * Returns the ids of the chunks that were refused.
 */
export async function recordProgressWithin(
  database: Database,
  transaction: Transaction<Schema>,
  progress: readonly ChunkProgress[],
): Promise<ReadonlySet<string>> {
  const accepted: AcceptedProgress[] = [];
  const refused = new Set<string>();
  // In one order everywhere: two that record the same chunks then wait for each other instead of deadlocking.
  for (const one of progress.toSorted((a, b) => (a.chunkId < b.chunkId ? -1 : 1))) {
    const chunk = await takeChunk(database, transaction, one);
    if (chunk) accepted.push({ progress: one, chunk });
    else if (!(await isRepeat(transaction, one))) refused.add(one.chunkId);
  }
  const rows = new ItemRows(accepted.map((one) => one.progress));
  const allNew = (await database.bulk(transaction, ITEMS, rows)) === rows.count;
  for (const { progress, chunk } of accepted) {
    if (!allNew) await recount(transaction, chunk);
    else if (progress.items.length > 0) await addCounts(transaction, chunk.id, countItems(progress.items));
  }
  return refused;
}

/** Takes the chunk for this attempt, and ends it if it is done; undefined when a newer attempt has it or it has ended. */
async function takeChunk(database: Database, transaction: Transaction<Schema>, progress: ChunkProgress) {
  const state: ChunkState = progress.done ? 'done' : 'queued';
  const [chunk] = await database.engine.changed(
    transaction
      .updateTable('batch_chunks')
      .set({
        state,
        fence: progress.fence,
        machine_id: progress.machineId,
        active_at: database.engine.now(),
      })
      .where('id', '=', progress.chunkId)
      .where('state', '=', 'queued')
      .where('fence', '<=', progress.fence),
    ['id', 'run_id', 'first_line', 'line_count'],
  );
  return chunk;
}

/** True when this very attempt has ended the chunk before: its commit had worked, and its answer was lost. */
async function isRepeat(transaction: Transaction<Schema>, progress: ChunkProgress): Promise<boolean> {
  const chunk = await transaction
    .selectFrom('batch_chunks')
    .select(['state', 'fence'])
    .where('id', '=', progress.chunkId)
    .executeTakeFirst();
  return chunk?.state === 'done' && asNumber(chunk.fence) === progress.fence;
}
