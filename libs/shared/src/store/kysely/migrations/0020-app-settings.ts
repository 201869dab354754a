import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/** What an app's functions find in their environment: sealed values, and what of them management goes by itself. */
export async function createAppSettings({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('app_settings')
    .addColumn('app_id', types.id, (column) => column.notNull())
    // In lower case: case does not count.
    .addColumn('name_key', types.name, (column) => column.notNull())
    .addColumn('name', types.name, (column) => column.notNull())
    .addColumn('key_id', types.name, (column) => column.notNull())
    .addColumn('sealed', types.text, (column) => column.notNull())
    .addColumn('changed_at', types.time, (column) => column.notNull())
    .addColumn('changed_by', types.name, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_app_settings', ['app_id', 'name_key'])
    .addForeignKeyConstraint('fk_app_settings_app', ['app_id'], 'function_apps', ['id'])
    .$call(types.finish)
    .execute();
  // Null: there never were any.
  await schema.alterTable('function_apps').addColumn('settings_revision', types.bigint).execute();
  // Names in lower case, as JSON. Null: none is disabled by a setting.
  await schema.alterTable('function_apps').addColumn('disabled_functions', types.text).execute();
}
