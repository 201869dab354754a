import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { OpenWork } from '../batch-store.js';
import { QUEUED } from './batch-runs.js';
import type { Engine } from './engine.js';
import type { Schema } from './schema.js';
import { asNumber } from './values.js';

/** A worker that has room takes a chunk at once, and one that has not is done with its own in half a minute. */
const UNTAKEN_SECONDS = 120;
const SILENT_SECONDS = 600;

/** By run, what is on queues and with workers. Only open chunks are read: few, however many there were. */
export async function listOpenWork(db: Kysely<Schema>, engine: Engine): Promise<readonly OpenWork[]> {
  const claimedAt = sql.ref('claimed_at');
  const silentFor = (seconds: number) => sql`${sql.ref('active_at')} < ${engine.secondsAgo(seconds)}`;
  const rows = await db
    .selectFrom('batch_chunks')
    .select('run_id')
    .select(sum(sql.lit(1)).as('chunks'))
    .select(sum(oneIf(sql`${claimedAt} is not null and ${silentFor(SILENT_SECONDS)}`)).as('silent'))
    .select(sum(oneIf(sql`${claimedAt} is null and ${silentFor(UNTAKEN_SECONDS)}`)).as('untaken'))
    .select(sum(sql.ref('items_at_once')).as('at_once'))
    .select(sum(sql.ref('items_per_second')).as('per_second'))
    .where('state', '=', QUEUED)
    .groupBy('run_id')
    .execute();
  return rows.map((row) => ({
    runId: row.run_id,
    chunks: asNumber(row.chunks),
    silent: asNumber(row.silent),
    untaken: asNumber(row.untaken),
    itemsAtOnce: asNumber(row.at_once),
    itemsPerSecond: asNumber(row.per_second),
  }));
}

export async function openChunkIds(db: Kysely<Schema>, runId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('batch_chunks')
    .select('id')
    .where('run_id', '=', runId)
    .where('state', '=', QUEUED)
    .execute();
  return rows.map(({ id }) => id);
}

function sum(what: RawBuilder<unknown>): RawBuilder<number | string | bigint> {
  return sql`coalesce(sum(${what}), 0)`;
}

function oneIf(condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`case when ${condition} then ${sql.lit(1)} else ${sql.lit(0)} end`;
}
