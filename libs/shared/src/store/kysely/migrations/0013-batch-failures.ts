import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/** Failure groups, dead letters and their replays, what happened to runs, and runs that are to end at once. */
export async function createBatchFailures(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await extendItems(database, types);
  await database.schema.alterTable('batch_runs').addColumn('terminated_at', types.time).execute();
  await createEvents(database, types);
}

async function extendItems({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  const items = (): ReturnType<typeof schema.alterTable> => schema.alterTable('batch_items');
  await items().addColumn('fingerprint', types.name).execute();
  await items().addColumn('earlier_failures', types.text).execute();
  await items().addColumn('replayed_by', types.id).execute();
  // Groups are counted from this alone, without a look at the items. What succeeded is not in it and pays nothing.
  await schema
    .createIndex('ix_batch_items_group')
    .on('batch_items')
    .columns(['run_id', 'fingerprint', 'line_number', 'started_at'])
    .where(sql.ref('state'), '=', 'failed')
    .execute();
  await schema
    .createIndex('ix_batch_items_replayed')
    .on('batch_items')
    .columns(['run_id', 'replayed_by', 'line_number'])
    .where(sql.ref('replayed_by'), 'is not', null)
    .execute();
}

/** Append-only. `occurrence` makes what happens once, or once in a while, unique: who inserts it first is the one who tells. */
async function createEvents({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('batch_events')
    .addColumn('id', types.id, (column) => column.notNull())
    .addColumn('run_id', types.id, (column) => column.notNull())
    .addColumn('kind', types.word, (column) => column.notNull())
    .addColumn('occurrence', types.key, (column) => column.notNull())
    .addColumn('details', types.text)
    .addColumn('happened_at', types.time, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_batch_events', ['id'])
    .$call(types.finish)
    .execute();
  await schema
    .createIndex('ux_batch_events_occurrence')
    .unique()
    .on('batch_events')
    .columns(['run_id', 'kind', 'occurrence'])
    .execute();
  await schema.createIndex('ix_batch_events_run').on('batch_events').columns(['run_id', 'id']).execute();
}
