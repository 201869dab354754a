import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/** Function apps, what was published, their keys and schedules, the machines, the installation's secrets. */
export async function createCatalogueTables(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await createApps(database, types);
  await createDeployments(database, types);
  await createAccessKeys(database, types);
  await createSchedules(database, types);
  await createInstallation(database, types);
}

async function createApps({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('function_apps')
    .addColumn('id', types.id, (column) => column.notNull())
    .addColumn('name', types.name, (column) => column.notNull())
    .addColumn('created_at', types.time, (column) => column.notNull())
    // No foreign key: versions refer to their app already, and a circle could not be filled.
    .addColumn('active_version_id', types.id)
    .addPrimaryKeyConstraint('pk_function_apps', ['id'])
    .$call(types.finish)
    .execute();
  await schema.createIndex('ux_function_apps_name').unique().on('function_apps').column('name').execute();
  await schema
    .createTable('app_versions')
    .addColumn('id', types.id, (column) => column.notNull())
    .addColumn('app_id', types.id, (column) => column.notNull())
    .addColumn('package_digest', types.name, (column) => column.notNull())
    .addColumn('package_size_bytes', types.bigint, (column) => column.notNull())
    .addColumn('host', types.text, (column) => column.notNull())
    .addColumn('created_at', types.time, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_app_versions', ['id'])
    .addForeignKeyConstraint('fk_app_versions_app', ['app_id'], 'function_apps', ['id'])
    .$call(types.finish)
    .execute();
  await schema
    .createTable('functions')
    .addColumn('app_version_id', types.id, (column) => column.notNull())
    .addColumn('name', types.name, (column) => column.notNull())
    .addColumn('position', types.int, (column) => column.notNull())
    .addColumn('programming_model', types.word, (column) => column.notNull())
    .addColumn('bindings', types.text, (column) => column.notNull())
    .addColumn('script_file', types.text)
    .addColumn('entry_point', types.text)
    .addColumn('retry', types.text)
    .addColumn('disabled', types.flag, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_functions', ['app_version_id', 'name'])
    .addForeignKeyConstraint('fk_functions_version', ['app_version_id'], 'app_versions', ['id'])
    .$call(types.finish)
    .execute();
}

async function createDeployments({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('deployments')
    .addColumn('id', types.id, (column) => column.notNull())
    .addColumn('app_id', types.id, (column) => column.notNull())
    .addColumn('state', types.word, (column) => column.notNull())
    .addColumn('package_digest', types.name)
    .addColumn('package_size_bytes', types.bigint)
    .addColumn('app_version_id', types.id)
    .addColumn('deployer', types.text, (column) => column.notNull())
    .addColumn('author', types.text, (column) => column.notNull())
    .addColumn('message', types.text, (column) => column.notNull())
    .addColumn('notes', types.text, (column) => column.notNull())
    .addColumn('received_at', types.time, (column) => column.notNull())
    .addColumn('ended_at', types.time)
    .addPrimaryKeyConstraint('pk_deployments', ['id'])
    .addForeignKeyConstraint('fk_deployments_app', ['app_id'], 'function_apps', ['id'])
    .$call(types.finish)
    .execute();
  // At most one deployment of an app is under way.
  await schema
    .createIndex('ux_deployments_under_way')
    .unique()
    .on('deployments')
    .column('app_id')
    .where(sql.ref('ended_at'), 'is', null)
    .execute();
  await schema.createIndex('ix_deployments_app').on('deployments').columns(['app_id', 'id']).execute();
}

async function createAccessKeys({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('access_keys')
    .addColumn('id', types.id, (column) => column.notNull())
    .addColumn('scope', types.word, (column) => column.notNull())
    .addColumn('app_id', types.id, (column) => column.notNull())
    .addColumn('function_name', types.name, (column) => column.notNull())
    .addColumn('name', types.name, (column) => column.notNull())
    .addColumn('hash', types.name, (column) => column.notNull())
    .addColumn('created_at', types.time, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_access_keys', ['id'])
    .$call(types.finish)
    .execute();
  await schema
    .createIndex('ux_access_keys_name')
    .unique()
    .on('access_keys')
    .columns(['app_id', 'scope', 'function_name', 'name'])
    .execute();
}

async function createSchedules({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('schedules')
    .addColumn('id', types.id, (column) => column.notNull())
    .addColumn('app_id', types.id, (column) => column.notNull())
    .addColumn('app_version_id', types.id, (column) => column.notNull())
    .addColumn('function_name', types.name, (column) => column.notNull())
    .addColumn('expression', types.text, (column) => column.notNull())
    .addColumn('use_monitor', types.flag, (column) => column.notNull())
    .addColumn('run_on_startup', types.flag, (column) => column.notNull())
    .addColumn('active_since', types.time, (column) => column.notNull())
    .addColumn('last_planned_at', types.time)
    .addPrimaryKeyConstraint('pk_schedules', ['id'])
    .addForeignKeyConstraint('fk_schedules_version', ['app_version_id'], 'app_versions', ['id'])
    .$call(types.finish)
    .execute();
  await schema
    .createIndex('ux_schedules_function')
    .unique()
    .on('schedules')
    .columns(['app_version_id', 'function_name'])
    .execute();
  await schema
    .createTable('schedule_occurrences')
    .addColumn('schedule_id', types.id, (column) => column.notNull())
    .addColumn('planned_at', types.time, (column) => column.notNull())
    .addColumn('invocation_id', types.id)
    .addColumn('claimed_at', types.time, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_schedule_occurrences', ['schedule_id', 'planned_at'])
    .addForeignKeyConstraint('fk_schedule_occurrences_schedule', ['schedule_id'], 'schedules', ['id'])
    .$call(types.finishClustered)
    .execute();
}

async function createInstallation(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('machines')
    .addColumn('id', types.id, (column) => column.notNull())
    .addColumn('name', types.key, (column) => column.notNull())
    .addColumn('os', types.word, (column) => column.notNull())
    .addColumn('pool', types.name, (column) => column.notNull())
    .addColumn('runtime', types.word, (column) => column.notNull())
    .addColumn('state', types.word, (column) => column.notNull())
    .addColumn('reason', types.text, (column) => column.notNull())
    .addColumn('cores', types.int, (column) => column.notNull())
    .addColumn('memory_bytes', types.bigint, (column) => column.notNull())
    .addColumn('slots', types.int, (column) => column.notNull())
    .addColumn('slots_busy', types.int, (column) => column.notNull())
    .addColumn('last_seen_at', types.time, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_machines', ['id'])
    .$call(types.finish)
    .execute();
  await schema
    .createTable('installation_secrets')
    .addColumn('name', types.name, (column) => column.notNull())
    .addColumn('secret', types.text, (column) => column.notNull())
    .addColumn('created_at', types.time, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_installation_secrets', ['name'])
    .$call(types.finish)
    .execute();
  await schema
    .createTable('catalogue_revision')
    .addColumn('id', types.int, (column) => column.notNull())
    .addColumn('revision', types.bigint, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_catalogue_revision', ['id'])
    .$call(types.finish)
    .execute();
  await (database as Kysely<{ catalogue_revision: { id: number; revision: number } }>)
    .insertInto('catalogue_revision')
    .values({ id: 1, revision: 0 })
    .execute();
}
