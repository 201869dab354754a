import { sql, type Selectable, type Transaction } from 'kysely';
import { hourOf, spentTimes, type Spending, type SpentTime } from '../../domain/machine-time.js';
import type { Engine } from './engine.js';
import type { MachineTable, Schema } from './schema.js';
import { markUnsummed } from './unsummed-hours.js';
import { asDate, asDateOrNull, fromJson } from './values.js';

/** The columns that say what a statement with `booking` has found. */
export const BOOKED_COLUMNS = [
  'id',
  'booked_from',
  'booked_until',
  'booked_lease',
  'spent',
] as const satisfies readonly (keyof MachineTable)[];

export type BookedRow = Pick<Selectable<MachineTable>, (typeof BOOKED_COLUMNS)[number]>;

/**
 * For an UPDATE of `machines`: takes the time up to now. One statement does it, and says what it took, so that no second is
 * booked twice, whoever else is booking the same machine's time.
 */
export function booking(engine: Engine) {
  // In an UPDATE, the right side of each assignment is what stood there before.
  return {
    booked_from: sql.ref<Date | null>('booked_until'),
    booked_until: engine.now(),
    booked_lease: sql.ref<Date | null>('lease_until'),
    spent: sql.ref<string | null>('spending'),
  };
}

/** Adds what was taken to the hours that it lies in. */
export async function bookTime(
  engine: Engine,
  transaction: Transaction<Schema>,
  row: BookedRow,
  busyCores: number | null,
): Promise<void> {
  const { booked_from: from, booked_until: until, spent } = row;
  if (from === null || until === null || spent === null) return;
  const span = { from: asDate(from), until: asDate(until), leaseUntil: asDateOrNull(row.booked_lease) };
  const spending = fromJson<Spending>(spent);
  for (const time of spentTimes({ ...span, spending, busyCores })) {
    await addTime(engine, transaction, row.id, spending.pool ?? null, time);
    if (time.hour.getTime() < hourOf(span.until.getTime()))
      await markUnsummed(transaction, time.hour, row.id);
  }
}

async function addTime(
  engine: Engine,
  transaction: Transaction<Schema>,
  machineId: string,
  pool: string | null,
  time: SpentTime,
): Promise<void> {
  const key = { hour: time.hour, machine_id: machineId, state: time.state, reason: time.reason };
  const changed = await engine.changed(
    transaction
      .updateTable('machine_states')
      .set((eb) => ({
        // That of the last booking: a machine that moves within an hour takes what it had begun along.
        pool,
        seconds: eb('seconds', '+', time.seconds),
        core_seconds: eb('core_seconds', '+', time.coreSeconds),
        offered_core_seconds: eb('offered_core_seconds', '+', time.offeredCoreSeconds),
        used_core_seconds: eb('used_core_seconds', '+', time.usedCoreSeconds),
      }))
      .where('hour', '=', key.hour)
      .where('machine_id', '=', key.machine_id)
      .where('state', '=', key.state)
      .where('reason', '=', key.reason),
    ['machine_id'],
  );
  if (changed.length > 0) return;
  await transaction
    .insertInto('machine_states')
    .values({
      ...key,
      pool,
      seconds: time.seconds,
      core_seconds: time.coreSeconds,
      offered_core_seconds: time.offeredCoreSeconds,
      used_core_seconds: time.usedCoreSeconds,
    })
    .execute();
}
