import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/** How far runs were at which time. A few hundred small rows a run, always read by their key. */
export async function createRunCourses({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('run_courses')
    .addColumn('run_id', types.id, (column) => column.notNull())
    .addColumn('at', types.time, (column) => column.notNull())
    .addColumn('items_total', types.bigint, (column) => column.notNull())
    .addColumn('items_succeeded', types.bigint, (column) => column.notNull())
    .addColumn('items_failed', types.bigint, (column) => column.notNull())
    .addColumn('items_cancelled', types.bigint, (column) => column.notNull())
    .addColumn('p50_at', types.time)
    .addColumn('p90_at', types.time)
    .addPrimaryKeyConstraint('pk_run_courses', ['run_id', 'at'])
    .$call(types.finishClustered)
    .execute();
}
