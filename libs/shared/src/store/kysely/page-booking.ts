import { sql, type Transaction } from 'kysely';
import type { BooksPage, FunctionSpent, OwnerWait, WorkFigures } from '../../domain/function-time.js';
import { hourOf } from '../../domain/machine-time.js';
import type { FunctionTimeTable } from './capacity-schema.js';
import type { Engine } from './engine.js';
import { inSlices } from './paging.js';
import type { Schema } from './schema.js';
import { markUnsummed } from './unsummed-hours.js';

/** Whose books they are. */
export interface BookKeeper {
  readonly id: string;
  readonly pool: string;
}

/** Where work is booked. */
type WorkKey = Pick<FunctionTimeTable, 'machine_id' | 'app_id' | 'function_name' | 'batch_id' | 'reason'> & {
  readonly hour: Date;
};

/**
 * For an UPDATE of `machines`: takes note of the page that comes with it. As with time, the statement says what stood there before:
 * a page that stands there already is booked.
 */
export function notingPage(page: BooksPage | undefined) {
  const known = sql.ref<string | null>('page');
  return { page_before: known, page: page ? page.id : known };
}

/** Books what stands on a page. @param now the database's time */
export async function bookPage(
  engine: Engine,
  transaction: Transaction<Schema>,
  machine: BookKeeper,
  page: BooksPage,
  now: Date,
): Promise<void> {
  const batchIds = await batchesOf(transaction, page.work);
  for (const work of page.work) {
    const key: WorkKey = {
      hour: work.hour,
      machine_id: machine.id,
      app_id: work.appId,
      function_name: work.functionName,
      batch_id: batchIds.get(work.runId) ?? '',
      reason: work.reason,
    };
    await addWork(engine, transaction, machine.pool, key, work);
    if (work.hour.getTime() < hourOf(now.getTime())) await markUnsummed(transaction, work.hour, machine.id);
  }
  for (const wait of page.waits) await addWait(transaction, machine, wait);
}

/** Adds work to what stands in its hour. */
export async function addWork(
  engine: Engine,
  transaction: Transaction<Schema>,
  pool: string,
  key: WorkKey,
  { usedMs, badputMs, evictions, calls }: WorkFigures,
): Promise<void> {
  const changed = await engine.changed(
    transaction
      .updateTable('function_time')
      .set((eb) => ({
        pool,
        used_ms: eb('used_ms', '+', usedMs),
        badput_ms: eb('badput_ms', '+', badputMs),
        evictions: sql<number>`${sql.ref('evictions')} + ${evictions}`,
        calls: sql<number>`${sql.ref('calls')} + ${calls}`,
      }))
      .where('hour', '=', key.hour)
      .where('machine_id', '=', key.machine_id)
      .where('app_id', '=', key.app_id)
      .where('function_name', '=', key.function_name)
      .where('batch_id', '=', key.batch_id)
      .where('reason', '=', key.reason),
    ['machine_id'],
  );
  if (changed.length > 0) return;
  await transaction
    .insertInto('function_time')
    .values({ ...key, pool, used_ms: usedMs, badput_ms: badputMs, evictions, calls })
    .execute();
}

async function addWait(
  transaction: Transaction<Schema>,
  { id, pool }: BookKeeper,
  { at, action, reason, milliseconds }: OwnerWait,
): Promise<void> {
  // Two in one millisecond would be one: a page that can't be booked would hold up all that follow.
  const known = await transaction
    .selectFrom('owner_releases')
    .select('machine_id')
    .where('at', '=', at)
    .where('machine_id', '=', id)
    .executeTakeFirst();
  if (known) return;
  await transaction
    .insertInto('owner_releases')
    .values({ at, machine_id: id, pool, action, reason, milliseconds: Math.round(milliseconds) })
    .execute();
}

/** The batch of each run. Workers know runs; what counts for fairness and in reports is the batch. */
async function batchesOf(
  transaction: Transaction<Schema>,
  work: readonly FunctionSpent[],
): Promise<ReadonlyMap<string, string>> {
  const runIds = [...new Set(work.map(({ runId }) => runId).filter((id) => id !== ''))];
  const batchIds = new Map<string, string>();
  for (const ids of inSlices(runIds)) {
    const rows = await transaction
      .selectFrom('batch_runs')
      .select(['id', 'batch_id'])
      .where('id', 'in', ids)
      .execute();
    for (const row of rows) batchIds.set(row.id, row.batch_id);
  }
  return batchIds;
}
