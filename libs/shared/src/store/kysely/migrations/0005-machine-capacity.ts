import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/** What machines do with their spare time, and why. Both null from workers of older versions, which do not say. */
export async function addMachineCapacity({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema.alterTable('machines').addColumn('capacity_state', types.word).execute();
  await schema.alterTable('machines').addColumn('capacity_reason', types.word).execute();
}
