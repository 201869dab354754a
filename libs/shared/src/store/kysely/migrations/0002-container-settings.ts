import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/** What an app's containers may take and reach, and the most that a machine gives to one container. */
export async function createContainerSettings(
  { schema }: Kysely<unknown>,
  types: ColumnTypes,
): Promise<void> {
  await schema
    .createTable('container_settings')
    .addColumn('app_id', types.id, (column) => column.notNull())
    .addColumn('settings', types.text, (column) => column.notNull())
    .addColumn('changed_at', types.time, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_container_settings', ['app_id'])
    .addForeignKeyConstraint('fk_container_settings_app', ['app_id'], 'function_apps', ['id'])
    .$call(types.finish)
    .execute();
  // Null: a worker of an older version, which does not say.
  await schema.alterTable('machines').addColumn('container_caps', types.text).execute();
}
