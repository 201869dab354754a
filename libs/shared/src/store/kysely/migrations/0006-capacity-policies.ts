import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/**
 * Capacity policies: what holds now, which workers read with each heartbeat, and all versions, which only people read. Without
 * knobs a policy is removed; its row stays, so that its versions go on counting.
 */
export async function createCapacityPolicies({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('capacity_policies')
    .addColumn('scope', types.word, (column) => column.notNull())
    .addColumn('name', types.name, (column) => column.notNull())
    .addColumn('version', types.int, (column) => column.notNull())
    .addColumn('knobs', types.text)
    .addColumn('changed_by', types.key, (column) => column.notNull())
    .addColumn('changed_at', types.time, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_capacity_policies', ['scope', 'name'])
    .$call(types.finishClustered)
    .execute();
  await schema
    .createTable('capacity_policy_versions')
    .addColumn('scope', types.word, (column) => column.notNull())
    .addColumn('name', types.name, (column) => column.notNull())
    .addColumn('version', types.int, (column) => column.notNull())
    .addColumn('knobs', types.text)
    .addColumn('changed_by', types.key, (column) => column.notNull())
    .addColumn('changed_at', types.time, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_capacity_policy_versions', ['scope', 'name', 'version'])
    .$call(types.finishClustered)
    .execute();
}
