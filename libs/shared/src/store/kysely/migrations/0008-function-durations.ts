import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/** How long functions take: a row for each, whatever their number of calls. `merged_from` is when it was merged the time before. */
export async function createFunctionDurations(
  { schema }: Kysely<unknown>,
  types: ColumnTypes,
): Promise<void> {
  await schema
    .createTable('function_durations')
    .addColumn('app_id', types.id, (column) => column.notNull())
    .addColumn('function_name', types.name, (column) => column.notNull())
    .addColumn('kind', types.word, (column) => column.notNull())
    .addColumn('sketch', types.text, (column) => column.notNull())
    .addColumn('merged_at', types.time, (column) => column.notNull())
    .addColumn('merged_from', types.time)
    .addPrimaryKeyConstraint('pk_function_durations', ['app_id', 'function_name', 'kind'])
    .$call(types.finishClustered)
    .execute();
}
