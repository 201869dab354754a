import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/**
 * Who makes a run's input holds it by a lease; a run that is being removed is gone for readers before its rows are. `input_files`
 * lists the files that are removed some time after nothing refers to them: those that were uploaded, made, or left by removed runs.
 */
export async function addInputsAndRetention(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  const { schema } = database;
  const runs = (): ReturnType<typeof schema.alterTable> => schema.alterTable('batch_runs');
  await runs().addColumn('input_lease_until', types.time).execute();
  await runs().addColumn('input_attempt', types.int).execute();
  await runs().addColumn('removing_at', types.time).execute();
  await schema
    .createIndex('ix_batch_runs_input_wanted')
    .on('batch_runs')
    .column('id')
    .where(sql.ref('input_state'), '<>', 'ready')
    .execute();
  await schema
    .createIndex('ix_batch_runs_removing')
    .on('batch_runs')
    .column('id')
    .where(sql.ref('removing_at'), 'is not', null)
    .execute();
  await schema.createIndex('ix_batch_runs_digest').on('batch_runs').columns(['input_digest', 'id']).execute();
  await schema
    .createIndex('ix_batch_chunks_line')
    .on('batch_chunks')
    .columns(['run_id', 'first_line'])
    .execute();
  await schema
    .createTable('input_files')
    .addColumn('digest', types.name, (column) => column.notNull())
    .addColumn('size_bytes', types.bigint, (column) => column.notNull())
    .addColumn('used_at', types.time, (column) => column.notNull())
    .addColumn('removing_at', types.time)
    .addPrimaryKeyConstraint('pk_input_files', ['digest'])
    .$call(types.finish)
    .execute();
  await schema.createIndex('ix_input_files_used').on('input_files').columns(['used_at', 'digest']).execute();
}
