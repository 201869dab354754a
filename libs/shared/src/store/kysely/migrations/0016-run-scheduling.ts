import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/**
 * What follows from a run's end (dependents, a pause) is done once somebody has seen to it; the ends of before are seen to. And runs are
 * found by their business day, by what waits for them.
 */
export async function addRunScheduling(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  const { schema } = database;
  await schema.alterTable('batch_runs').addColumn('end_seen_at', types.time).execute();
  await (database as Kysely<{ batch_runs: { end_seen_at: unknown; ended_at: unknown } }>)
    .updateTable('batch_runs')
    .set({ end_seen_at: sql.ref('ended_at') })
    .where('ended_at', 'is not', null)
    .execute();
  await schema
    .createIndex('ix_batch_runs_end_unseen')
    .on('batch_runs')
    .columns(['ended_at', 'id'])
    .where(sql.ref('end_seen_at'), 'is', null)
    .execute();
  await schema
    .createIndex('ix_batch_runs_day')
    .on('batch_runs')
    .columns(['batch_id', 'business_date', 'id'])
    .where(sql.ref('business_date'), 'is not', null)
    .execute();
}
