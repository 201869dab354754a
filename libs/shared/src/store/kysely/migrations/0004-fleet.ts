import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/**
 * What management wants of machines, and their keys. Apart from `machines`, which workers write: a worker's SQL login may read its
 * orders and change none of them, and has no business with keys and tokens.
 */
export async function createFleetTables(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await extendMachines(database, types);
  await createOrders(database, types);
  await createKeys(database, types);
  await createTokens(database, types);
}

/** All null from workers of older versions, which say none of it. */
async function extendMachines({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema.alterTable('machines').addColumn('attributes', types.text).execute();
  await schema.alterTable('machines').addColumn('busy_seconds', types.float).execute();
  await schema.alterTable('machines').addColumn('lease_until', types.time).execute();
}

async function createOrders({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('machine_orders')
    .addColumn('machine_id', types.id, (column) => column.notNull())
    .addColumn('labels', types.text, (column) => column.notNull())
    .addColumn('drain_requested_at', types.time)
    .addColumn('drain_deadline_at', types.time)
    .addColumn('drain_requested_by', types.key)
    .addColumn('revoked_at', types.time)
    .addPrimaryKeyConstraint('pk_machine_orders', ['machine_id'])
    .$call(types.finish)
    .execute();
}

async function createKeys({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('machine_keys')
    .addColumn('machine_id', types.id, (column) => column.notNull())
    .addColumn('key_hash', types.name, (column) => column.notNull())
    .addColumn('enrolled_at', types.time, (column) => column.notNull())
    .addColumn('revoked_at', types.time)
    .addColumn('revoked_by', types.key)
    .addPrimaryKeyConstraint('pk_machine_keys', ['machine_id'])
    .$call(types.finish)
    .execute();
  await schema.createIndex('ux_machine_keys_hash').unique().on('machine_keys').column('key_hash').execute();
}

async function createTokens({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema
    .createTable('enrolment_tokens')
    .addColumn('id', types.id, (column) => column.notNull())
    .addColumn('token_hash', types.name, (column) => column.notNull())
    .addColumn('note', types.text, (column) => column.notNull())
    .addColumn('created_by', types.key, (column) => column.notNull())
    .addColumn('created_at', types.time, (column) => column.notNull())
    .addColumn('expires_at', types.time, (column) => column.notNull())
    .addColumn('used_at', types.time)
    .addColumn('machine_id', types.id)
    .addColumn('key_hash', types.name)
    .addPrimaryKeyConstraint('pk_enrolment_tokens', ['id'])
    .$call(types.finish)
    .execute();
  await schema
    .createIndex('ux_enrolment_tokens_hash')
    .unique()
    .on('enrolment_tokens')
    .column('token_hash')
    .execute();
}
