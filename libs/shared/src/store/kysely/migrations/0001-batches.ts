import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/** Batches, their runs, chunks and items. No foreign keys on the last two, as with invocations. */
export async function createBatchTables(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await createBatches(database, types);
  await createRuns(database, types);
  await createChunks(database, types);
  await createItems(database, types);
}

async function createBatches({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('batches')
    .addColumn('id', types.id, (column) => column.notNull())
    .addColumn('app_id', types.id, (column) => column.notNull())
    .addColumn('name', types.key, (column) => column.notNull())
    .addColumn('created_at', types.time, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_batches', ['id'])
    .addForeignKeyConstraint('fk_batches_app', ['app_id'], 'function_apps', ['id'])
    .$call(types.finish)
    .execute();
  await schema.createIndex('ux_batches_name').unique().on('batches').columns(['app_id', 'name']).execute();
}

async function createRuns({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('batch_runs')
    .addColumn('id', types.id, (column) => column.notNull())
    .addColumn('batch_id', types.id, (column) => column.notNull())
    .addColumn('app_id', types.id, (column) => column.notNull())
    .addColumn('app_version_id', types.id, (column) => column.notNull())
    .addColumn('function_name', types.name, (column) => column.notNull())
    .addColumn('state', types.word, (column) => column.notNull())
    .addColumn('input_digest', types.name, (column) => column.notNull())
    .addColumn('input_size_bytes', types.bigint, (column) => column.notNull())
    .addColumn('items_total', types.bigint, (column) => column.notNull())
    .addColumn('cursor_byte', types.bigint, (column) => column.notNull())
    .addColumn('cursor_line', types.bigint, (column) => column.notNull())
    .addColumn('failure', types.text)
    .addColumn('idempotency_key', types.key)
    .addColumn('created_at', types.time, (column) => column.notNull())
    .addColumn('started_at', types.time)
    .addColumn('ended_at', types.time)
    .addPrimaryKeyConstraint('pk_batch_runs', ['id'])
    .addForeignKeyConstraint('fk_batch_runs_batch', ['batch_id'], 'batches', ['id'])
    .$call(types.finish)
    .execute();
  await schema
    .createIndex('ix_batch_runs_open')
    .on('batch_runs')
    .column('id')
    .where(sql.ref('ended_at'), 'is', null)
    .execute();
  await schema
    .createIndex('ix_batch_runs_function')
    .on('batch_runs')
    .columns(['app_id', 'function_name', 'id'])
    .execute();
  await schema
    .createIndex('ux_batch_runs_idempotency')
    .unique()
    .on('batch_runs')
    .columns(['app_id', 'idempotency_key'])
    .where(sql.ref('idempotency_key'), 'is not', null)
    .execute();
}

async function createChunks({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('batch_chunks')
    .addColumn('id', types.id, (column) => column.notNull())
    .addColumn('run_id', types.id, (column) => column.notNull())
    .addColumn('state', types.word, (column) => column.notNull())
    .addColumn('byte_start', types.bigint, (column) => column.notNull())
    .addColumn('byte_end', types.bigint, (column) => column.notNull())
    .addColumn('first_line', types.bigint, (column) => column.notNull())
    .addColumn('line_count', types.int, (column) => column.notNull())
    .addColumn('item_count', types.int, (column) => column.notNull())
    .addColumn('dispatch_count', types.int, (column) => column.notNull())
    .addColumn('fence', types.bigint, (column) => column.notNull())
    .addColumn('machine_id', types.id)
    .addColumn('claimed_at', types.time)
    .addColumn('active_at', types.time, (column) => column.notNull())
    .addColumn('items_succeeded', types.int, (column) => column.notNull())
    .addColumn('items_failed', types.int, (column) => column.notNull())
    .addColumn('items_cancelled', types.int, (column) => column.notNull())
    .addColumn('item_duration_ms', types.float, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_batch_chunks', ['id'])
    .$call(types.finish)
    .execute();
  await schema.createIndex('ix_batch_chunks_run').on('batch_chunks').columns(['run_id', 'id']).execute();
  await schema
    .createIndex('ix_batch_chunks_open')
    .on('batch_chunks')
    .column('run_id')
    .where(sql.ref('state'), '=', 'queued')
    .execute();
  await schema
    .createIndex('ix_batch_chunks_stale')
    .on('batch_chunks')
    .column('active_at')
    .where(sql.ref('state'), '=', 'queued')
    .execute();
}

async function createItems({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('batch_items')
    .addColumn('run_id', types.id, (column) => column.notNull())
    .addColumn('line_number', types.bigint, (column) => column.notNull())
    .addColumn('state', types.word, (column) => column.notNull())
    .addColumn('attempts', types.int, (column) => column.notNull())
    .addColumn('started_at', types.time, (column) => column.notNull())
    .addColumn('duration_ms', types.float, (column) => column.notNull())
    .addColumn('output', types.text)
    .addColumn('failure', types.text)
    .addColumn('logs', types.text)
    .addPrimaryKeyConstraint('pk_batch_items', ['run_id', 'line_number'])
    .$call(types.finishClustered)
    .execute();
  // For the list of what failed. An item that succeeded is not in it and pays nothing for it.
  await schema
    .createIndex('ix_batch_items_state')
    .on('batch_items')
    .columns(['run_id', 'state', 'line_number'])
    .where(sql.ref('state'), '<>', 'succeeded')
    .execute();
}
