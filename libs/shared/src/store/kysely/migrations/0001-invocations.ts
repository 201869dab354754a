import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/**
 * Invocations and their logs. No foreign keys: these rows are written many thousand times a second, and what they refer to
 * is never deleted.
 */
export async function createInvocationTables(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await createInvocations(database, types);
  await createInvocationIndexes(database);
  await createInvocationLogs(database, types);
}

async function createInvocations({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('invocations')
    .addColumn('id', types.id, (column) => column.notNull())
    .addColumn('app_id', types.id, (column) => column.notNull())
    .addColumn('app_version_id', types.id, (column) => column.notNull())
    .addColumn('function_name', types.name, (column) => column.notNull())
    .addColumn('trigger_kind', types.word, (column) => column.notNull())
    .addColumn('state', types.word, (column) => column.notNull())
    .addColumn('fence', types.bigint, (column) => column.notNull())
    .addColumn('outcome_fence', types.bigint)
    .addColumn('dispatch_count', types.int, (column) => column.notNull())
    .addColumn('dispatched_at', types.time)
    .addColumn('idempotency_key', types.key)
    .addColumn('schedule_id', types.id)
    .addColumn('input', types.text)
    .addColumn('output', types.text)
    .addColumn('failure', types.text)
    .addColumn('attempts', types.text, (column) => column.notNull())
    .addColumn('input_truncated', types.flag, (column) => column.notNull())
    .addColumn('output_truncated', types.flag, (column) => column.notNull())
    .addColumn('logs_truncated', types.flag, (column) => column.notNull())
    .addColumn('machine_id', types.id)
    .addColumn('cold_start', types.flag, (column) => column.notNull())
    .addColumn('accepted_at', types.time, (column) => column.notNull())
    .addColumn('started_at', types.time)
    .addColumn('ended_at', types.time)
    .addColumn('trace_parent', types.key)
    .addPrimaryKeyConstraint('pk_invocations', ['id'])
    .$call(types.finish)
    .execute();
}

/** A row that comes with its outcome and succeeded touches the first two only: the others are filtered. */
async function createInvocationIndexes({ schema }: Kysely<unknown>): Promise<void> {
  await schema.createIndex('ix_invocations_app').on('invocations').columns(['app_id', 'id']).execute();
  await schema
    .createIndex('ix_invocations_function')
    .on('invocations')
    .columns(['function_name', 'id'])
    .execute();
  await schema
    .createIndex('ix_invocations_state')
    .on('invocations')
    .columns(['state', 'id'])
    .where(sql.ref('state'), '<>', 'succeeded')
    .execute();
  await schema
    .createIndex('ix_invocations_unfinished')
    .on('invocations')
    .column('dispatched_at')
    .where(sql.ref('state'), '=', 'queued')
    .execute();
  await schema
    .createIndex('ix_invocations_schedule')
    .on('invocations')
    .column('schedule_id')
    .where(sql.ref('schedule_id'), 'is not', null)
    .where(sql.ref('state'), '=', 'queued')
    .execute();
  await schema
    .createIndex('ux_invocations_idempotency')
    .unique()
    .on('invocations')
    .columns(['app_id', 'function_name', 'idempotency_key'])
    .where(sql.ref('idempotency_key'), 'is not', null)
    .execute();
}

async function createInvocationLogs({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('invocation_logs')
    .addColumn('invocation_id', types.id, (column) => column.notNull())
    .addColumn('fence', types.bigint, (column) => column.notNull())
    .addColumn('line_number', types.int, (column) => column.notNull())
    .addColumn('logged_at', types.time, (column) => column.notNull())
    .addColumn('level', types.word, (column) => column.notNull())
    .addColumn('category', types.word, (column) => column.notNull())
    .addColumn('message', types.text, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_invocation_logs', ['invocation_id', 'fence', 'line_number'])
    .$call(types.finishClustered)
    .execute();
}
