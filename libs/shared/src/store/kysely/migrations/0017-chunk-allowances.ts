import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/**
 * What of its run's limits a chunk may use, while it is open. A key's row is changed by whoever opens a chunk under it, so that of two
 * the second waits, and counts the first.
 */
export async function addChunkAllowances(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  const { schema } = database;
  const chunks = (): ReturnType<typeof schema.alterTable> => schema.alterTable('batch_chunks');
  await chunks().addColumn('items_at_once', types.int).execute();
  await chunks().addColumn('items_per_second', types.float).execute();
  await chunks().addColumn('limit_key', types.key).execute();
  await schema
    .createIndex('ix_batch_chunks_key')
    .on('batch_chunks')
    .columns(['limit_key', 'state'])
    .where(sql.ref('limit_key'), 'is not', null)
    .execute();
  await schema
    .createTable('batch_limit_keys')
    .addColumn('name', types.key, (column) => column.notNull())
    .addColumn('revision', types.bigint, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_batch_limit_keys', ['name'])
    .$call(types.finish)
    .execute();
}
