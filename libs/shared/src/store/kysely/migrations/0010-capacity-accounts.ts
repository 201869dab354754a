import { type CreateTableBuilder, type Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/**
 * What machines' time was worth, added up by pool, and what functions made of it.
 *
 * `machine_states` and `function_time` stay the truth, by machine. `pool_hours` and `pool_days` (and their `_function_` sisters) are
 * sums of them for hours that are over; `unsummed_hours` names those in which something was booked later.
 */
export async function createCapacityAccounts(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await extendKnownTables(database, types);
  await createUnsummedHours(database, types);
  await createPoolTime(database, types);
  await createFunctionTime(database, types);
  await createOwnerReleases(database, types);
}

/** `pool` is null in rows of older versions; `page` is the page of a worker's books that was booked last. */
async function extendKnownTables({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema.alterTable('machine_states').addColumn('pool', types.name).execute();
  await schema
    .createIndex('ix_machine_states_machine')
    .on('machine_states')
    .columns(['machine_id', 'hour'])
    .execute();
  await schema.alterTable('machines').addColumn('page', types.name).execute();
  await schema.alterTable('machines').addColumn('page_before', types.name).execute();
}

async function createUnsummedHours({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('unsummed_hours')
    .addColumn('hour', types.time, (column) => column.notNull())
    .addColumn('machine_id', types.id, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_unsummed_hours', ['hour', 'machine_id'])
    .$call(types.finishClustered)
    .execute();
}

async function createPoolTime({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const table of ['pool_hours', 'pool_days']) {
    await schema
      .createTable(table)
      .addColumn('hour', types.time, (column) => column.notNull())
      .addColumn('pool', types.name, (column) => column.notNull())
      .addColumn('state', types.word, (column) => column.notNull())
      .addColumn('reason', types.word, (column) => column.notNull())
      .addColumn('seconds', types.float, (column) => column.notNull())
      .addColumn('core_seconds', types.float, (column) => column.notNull())
      .addColumn('offered_core_seconds', types.float, (column) => column.notNull())
      .addColumn('used_core_seconds', types.float, (column) => column.notNull())
      .addPrimaryKeyConstraint(`pk_${table}`, ['hour', 'pool', 'state', 'reason'])
      .$call(types.finishClustered)
      .execute();
  }
}

async function createFunctionTime({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  const counted = <C extends string>(table: CreateTableBuilder<string, C>) =>
    table
      .addColumn('app_id', types.id, (column) => column.notNull())
      .addColumn('function_name', types.name, (column) => column.notNull())
      .addColumn('batch_id', types.id, (column) => column.notNull())
      .addColumn('reason', types.word, (column) => column.notNull())
      .addColumn('used_ms', types.float, (column) => column.notNull())
      .addColumn('badput_ms', types.float, (column) => column.notNull())
      .addColumn('evictions', types.bigint, (column) => column.notNull())
      .addColumn('calls', types.bigint, (column) => column.notNull());
  const work = ['app_id', 'function_name', 'batch_id', 'reason'] as const;
  await schema
    .createTable('function_time')
    .addColumn('hour', types.time, (column) => column.notNull())
    .addColumn('machine_id', types.id, (column) => column.notNull())
    .addColumn('pool', types.name, (column) => column.notNull())
    .$call(counted)
    .addPrimaryKeyConstraint('pk_function_time', ['hour', 'machine_id', ...work])
    .$call(types.finishClustered)
    .execute();
  await schema
    .createIndex('ix_function_time_machine')
    .on('function_time')
    .columns(['machine_id', 'hour'])
    .execute();
  for (const table of ['pool_function_hours', 'pool_function_days']) {
    await schema
      .createTable(table)
      .addColumn('hour', types.time, (column) => column.notNull())
      .addColumn('pool', types.name, (column) => column.notNull())
      .$call(counted)
      .addPrimaryKeyConstraint(`pk_${table}`, ['hour', 'pool', ...work])
      .$call(types.finishClustered)
      .execute();
  }
}

async function createOwnerReleases({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('owner_releases')
    .addColumn('at', types.time, (column) => column.notNull())
    .addColumn('machine_id', types.id, (column) => column.notNull())
    .addColumn('pool', types.name, (column) => column.notNull())
    .addColumn('action', types.word, (column) => column.notNull())
    .addColumn('reason', types.word, (column) => column.notNull())
    .addColumn('milliseconds', types.int, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_owner_releases', ['at', 'machine_id'])
    .$call(types.finishClustered)
    .execute();
}
