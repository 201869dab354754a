import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/**
 * What is to be said to whom, and of what has been told. What had ended or happened before this change counts as told: nobody wants to
 * hear of last month's failures.
 */
export async function createNotifications(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await markTold(database, types);
  await createOutbox(database, types);
}

async function markTold(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  const { schema } = database;
  await schema.alterTable('batch_runs').addColumn('told_at', types.time).execute();
  await schema.alterTable('batch_events').addColumn('told_at', types.time).execute();
  const [run, event] = [sql.table('batch_runs'), sql.table('batch_events')];
  const [toldAt, endedAt, happenedAt] = [sql.ref('told_at'), sql.ref('ended_at'), sql.ref('happened_at')];
  await sql`update ${run} set ${toldAt} = ${endedAt} where ${endedAt} is not null`.execute(database);
  await sql`update ${event} set ${toldAt} = ${happenedAt}`.execute(database);
  await schema
    .createIndex('ix_batch_runs_untold')
    .on('batch_runs')
    .columns(['ended_at', 'id', 'batch_id'])
    .where(sql.ref('told_at'), 'is', null)
    .where(sql.ref('ended_at'), 'is not', null)
    .execute();
  // The runs in a row that failed, back to the last success.
  await schema
    .createIndex('ix_batch_runs_batch_ended')
    .on('batch_runs')
    .columns(['batch_id', 'ended_at', 'id', 'state', 'cause'])
    .where(sql.ref('ended_at'), 'is not', null)
    .execute();
  await schema
    .createIndex('ix_batch_events_untold')
    .on('batch_events')
    .columns(['id', 'run_id'])
    .where(sql.ref('told_at'), 'is', null)
    .execute();
}

/** The unique key makes each thing said once to each receiver, whoever decides it. */
async function createOutbox({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('notifications')
    .addColumn('id', types.id, (column) => column.notNull())
    .addColumn('run_id', types.id, (column) => column.notNull())
    .addColumn('event', types.word, (column) => column.notNull())
    .addColumn('target_key', types.name, (column) => column.notNull())
    .addColumn('target', types.text, (column) => column.notNull())
    .addColumn('content', types.text, (column) => column.notNull())
    .addColumn('state', types.word, (column) => column.notNull())
    .addColumn('attempts', types.int, (column) => column.notNull())
    .addColumn('created_at', types.time, (column) => column.notNull())
    .addColumn('next_try_at', types.time, (column) => column.notNull())
    .addColumn('give_up_at', types.time, (column) => column.notNull())
    .addColumn('ended_at', types.time)
    .addColumn('last_error', types.text)
    .addPrimaryKeyConstraint('pk_notifications', ['id'])
    .$call(types.finish)
    .execute();
  await schema
    .createIndex('ux_notifications_target')
    .unique()
    .on('notifications')
    .columns(['run_id', 'event', 'target_key'])
    .execute();
  await schema
    .createIndex('ix_notifications_due')
    .on('notifications')
    .columns(['state', 'next_try_at'])
    .execute();
  await schema.createIndex('ix_notifications_run').on('notifications').columns(['run_id', 'id']).execute();
  await schema.createIndex('ix_notifications_state').on('notifications').columns(['state', 'id']).execute();
}
