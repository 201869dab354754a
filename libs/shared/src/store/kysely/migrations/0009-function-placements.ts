import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/**
 * What functions ask of their machines: what holds now, which management keeps in memory, and all versions, which only people read.
 * Without a placement it is removed; its row stays, so that its versions go on counting. A function need not be there yet.
 */
export async function createFunctionPlacements(
  { schema }: Kysely<unknown>,
  types: ColumnTypes,
): Promise<void> {
  await schema
    .createTable('function_placements')
    .addColumn('app_id', types.id, (column) => column.notNull())
    .addColumn('function_name', types.name, (column) => column.notNull())
    .addColumn('version', types.int, (column) => column.notNull())
    .addColumn('placement', types.text)
    .addColumn('changed_by', types.key, (column) => column.notNull())
    .addColumn('changed_at', types.time, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_function_placements', ['app_id', 'function_name'])
    .addForeignKeyConstraint('fk_function_placements_app', ['app_id'], 'function_apps', ['id'])
    .$call(types.finishClustered)
    .execute();
  await schema
    .createTable('function_placement_versions')
    .addColumn('app_id', types.id, (column) => column.notNull())
    .addColumn('function_name', types.name, (column) => column.notNull())
    .addColumn('version', types.int, (column) => column.notNull())
    .addColumn('placement', types.text)
    .addColumn('changed_by', types.key, (column) => column.notNull())
    .addColumn('changed_at', types.time, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_function_placement_versions', ['app_id', 'function_name', 'version'])
    .addForeignKeyConstraint('fk_function_placement_versions_app', ['app_id'], 'function_apps', ['id'])
    .$call(types.finishClustered)
    .execute();
}
