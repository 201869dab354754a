import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/**
 * What machines spend their time on. A row of `machine_states` is an hour of a machine in one state for one reason: about four an
 * hour, which makes three million a month of a thousand machines. `machines` keeps until when its time is booked.
 */
export async function createMachineTime(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await extendMachines(database, types);
  await database.schema
    .createTable('machine_states')
    .addColumn('hour', types.time, (column) => column.notNull())
    .addColumn('machine_id', types.id, (column) => column.notNull())
    .addColumn('state', types.word, (column) => column.notNull())
    .addColumn('reason', types.word, (column) => column.notNull())
    .addColumn('seconds', types.float, (column) => column.notNull())
    .addColumn('core_seconds', types.float, (column) => column.notNull())
    .addColumn('offered_core_seconds', types.float, (column) => column.notNull())
    .addColumn('used_core_seconds', types.float, (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_machine_states', ['hour', 'machine_id', 'state', 'reason'])
    .$call(types.finishClustered)
    .execute();
}

/** `booked_from`, `booked_lease` and `spent` are what the last booking found: so the statement that books can say it. */
async function extendMachines({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema.alterTable('machines').addColumn('spending', types.text).execute();
  await schema.alterTable('machines').addColumn('booked_until', types.time).execute();
  await schema.alterTable('machines').addColumn('spent', types.text).execute();
  await schema.alterTable('machines').addColumn('booked_from', types.time).execute();
  await schema.alterTable('machines').addColumn('booked_lease', types.time).execute();
}
