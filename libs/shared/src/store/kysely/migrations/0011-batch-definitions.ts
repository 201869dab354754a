import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/**
 * Batch definitions with their versions, dependencies and planned occurrences, calendars, and runs that know the definition they
 * go by. What older processes insert has none of the new columns: so they have defaults, or may be null.
 */
export async function createBatchDefinitions(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await extendBatches(database, types);
  await extendRuns(database, types);
  await createVersions(database, types);
  await createDependencies(database, types);
  await createOccurrences(database, types);
  await createCalendars(database, types);
}

async function extendBatches({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema.alterTable('batches').addColumn('current_version', types.int).execute();
  await schema.alterTable('batches').addColumn('calendar', types.name).execute();
  await schema.alterTable('batches').addColumn('active_since', types.time).execute();
  await schema.alterTable('batches').addColumn('next_due_at', types.time).execute();
  await schema.alterTable('batches').addColumn('paused_at', types.time).execute();
  await schema.alterTable('batches').addColumn('paused_by', types.key).execute();
  await schema.alterTable('batches').addColumn('pause_note', types.text).execute();
  await schema.alterTable('batches').addColumn('removed_at', types.time).execute();
  // The scheduler asks each second for what is due among ten thousand: the index ends where the future begins.
  await schema
    .createIndex('ix_batches_due')
    .on('batches')
    .columns(['next_due_at', 'id'])
    .where(sql.ref('next_due_at'), 'is not', null)
    .execute();
  await schema.createIndex('ix_batches_app').on('batches').columns(['app_id', 'id']).execute();
  await schema
    .createIndex('ix_batches_calendar')
    .on('batches')
    .column('calendar')
    .where(sql.ref('calendar'), 'is not', null)
    .execute();
}

async function extendRuns({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  const runs = (): ReturnType<typeof schema.alterTable> => schema.alterTable('batch_runs');
  await runs().addColumn('batch_version', types.int).execute();
  await runs()
    .addColumn('cause', types.word, (column) => column.notNull().defaultTo('request'))
    .execute();
  await runs().addColumn('planned_at', types.time).execute();
  await runs().addColumn('business_date', types.word).execute();
  await runs().addColumn('window_ends_at', types.time).execute();
  await runs().addColumn('deadline_at', types.time).execute();
  await runs()
    .addColumn('priority', types.int, (column) => column.notNull().defaultTo(0))
    .execute();
  await runs().addColumn('pool', types.name).execute();
  await runs().addColumn('parent_run_id', types.id).execute();
  await runs().addColumn('settings', types.text).execute();
  await runs().addColumn('wait_reason', types.text).execute();
  await runs()
    .addColumn('input_state', types.word, (column) => column.notNull().defaultTo('ready'))
    .execute();
  await runs().addColumn('not_before', types.time).execute();
  await runs()
    .addColumn('item_trigger', types.word, (column) => column.notNull().defaultTo('message'))
    .execute();
  await schema.createIndex('ix_batch_runs_batch').on('batch_runs').columns(['batch_id', 'id']).execute();
  // Which runs of a batch go on is asked at each of its occurrences.
  await schema
    .createIndex('ix_batch_runs_batch_open')
    .on('batch_runs')
    .column('batch_id')
    .where(sql.ref('ended_at'), 'is', null)
    .execute();
  await schema.createIndex('ix_batch_runs_app').on('batch_runs').columns(['app_id', 'id']).execute();
  await schema.createIndex('ix_batch_runs_state').on('batch_runs').columns(['state', 'id']).execute();
  await schema
    .createIndex('ix_batch_runs_parent')
    .on('batch_runs')
    .columns(['parent_run_id', 'id'])
    .where(sql.ref('parent_run_id'), 'is not', null)
    .execute();
}

async function createVersions({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('batch_versions')
    .addColumn('batch_id', types.id, (column) => column.notNull())
    .addColumn('version', types.int, (column) => column.notNull())
    .addColumn('content', types.text, (column) => column.notNull())
    .addColumn('changed_by', types.key, (column) => column.notNull())
    .addColumn('changed_at', types.time, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_batch_versions', ['batch_id', 'version'])
    .addForeignKeyConstraint('fk_batch_versions_batch', ['batch_id'], 'batches', ['id'])
    .$call(types.finish)
    .execute();
}

/** `batch_graph` has one row: who changes definitions changes it first, so that two halves of a cycle can't pass each other. */
async function createDependencies(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('batch_dependencies')
    .addColumn('batch_id', types.id, (column) => column.notNull())
    .addColumn('depends_on_id', types.id, (column) => column.notNull())
    .addColumn('condition', types.word, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_batch_dependencies', ['batch_id', 'depends_on_id'])
    .$call(types.finishClustered)
    .execute();
  await schema
    .createIndex('ix_batch_dependencies_on')
    .on('batch_dependencies')
    .columns(['depends_on_id', 'batch_id'])
    .execute();
  await schema
    .createTable('batch_graph')
    .addColumn('id', types.int, (column) => column.notNull())
    .addColumn('revision', types.bigint, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_batch_graph', ['id'])
    .$call(types.finish)
    .execute();
  await (database as Kysely<{ batch_graph: { id: number; revision: number } }>)
    .insertInto('batch_graph')
    .values({ id: 1, revision: 0 })
    .execute();
}

async function createOccurrences({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('batch_occurrences')
    .addColumn('batch_id', types.id, (column) => column.notNull())
    .addColumn('planned_at', types.time, (column) => column.notNull())
    .addColumn('run_id', types.id)
    .addColumn('reason', types.text)
    .addColumn('claimed_at', types.time, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_batch_occurrences', ['batch_id', 'planned_at'])
    .addForeignKeyConstraint('fk_batch_occurrences_batch', ['batch_id'], 'batches', ['id'])
    .$call(types.finish)
    .execute();
}

/** What holds now, and all versions; without content a calendar is removed, and its versions go on counting. */
async function createCalendars({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('calendars')
    .addColumn('name', types.name, (column) => column.notNull())
    .addColumn('version', types.int, (column) => column.notNull())
    .addColumn('content', types.text)
    .addColumn('changed_by', types.key, (column) => column.notNull())
    .addColumn('changed_at', types.time, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_calendars', ['name'])
    .$call(types.finish)
    .execute();
  await schema
    .createTable('calendar_versions')
    .addColumn('name', types.name, (column) => column.notNull())
    .addColumn('version', types.int, (column) => column.notNull())
    .addColumn('content', types.text)
    .addColumn('changed_by', types.key, (column) => column.notNull())
    .addColumn('changed_at', types.time, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_calendar_versions', ['name', 'version'])
    .$call(types.finish)
    .execute();
}
