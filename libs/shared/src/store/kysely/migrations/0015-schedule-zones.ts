import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/** The zone of an app's timers. Null: that of management's settings, as before. */
export async function addScheduleZones({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema.alterTable('schedules').addColumn('time_zone', types.name).execute();
}
