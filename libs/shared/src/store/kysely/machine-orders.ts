import type { Transaction, UpdateObject } from 'kysely';
import type { Engine } from './engine.js';
import type { Schema } from './schema.js';

type OrderValues = Omit<UpdateObject<Schema, 'machine_orders'>, 'machine_id'>;

/** Changes some of a machine's orders; makes its row where there is none yet. */
export async function changeOrders(
  engine: Engine,
  transaction: Transaction<Schema>,
  machineId: string,
  values: OrderValues,
): Promise<void> {
  const known = await engine.changed(
    transaction.updateTable('machine_orders').set(values).where('machine_id', '=', machineId),
    ['machine_id'],
  );
  if (known.length > 0) return;
  await transaction
    .insertInto('machine_orders')
    .values({ labels: '{}', ...(values as object), machine_id: machineId })
    .execute();
}
