import type { Kysely } from 'kysely';
import type { CapacityState } from '../../domain/capacity/capacity-state.js';
import { LONGEST_SPAN_SECONDS } from '../../domain/machine-time.js';
import { MachineTimeStore, type MachineHour, type TimeRange, type TimeSum } from '../machine-time-store.js';
import type { Database } from './database.js';
import { BOOKED_COLUMNS, booking, bookTime } from './machine-time-booking.js';
import type { Schema } from './schema.js';
import { asDate, asNumber } from './values.js';

/** A transaction books so many machines: their rows are locked until its end. */
const MACHINES_AT_ONCE = 200;
const DAY_SECONDS = 86_400;

/** Machines' time, over Kysely. */
export class KyselyMachineTimeStore extends MachineTimeStore {
  constructor(private readonly database: Database) {
    super();
  }

  async sums(range: TimeRange): Promise<readonly TimeSum[]> {
    const rows = await this.database.read((db) =>
      timesIn(db, range)
        .select(['machine_states.state', 'machine_states.reason'])
        .groupBy(['machine_states.state', 'machine_states.reason'])
        .orderBy('machine_states.state')
        .orderBy('machine_states.reason')
        .execute(),
    );
    return rows.map(({ state, reason, ...sums }) => ({
      state: state as CapacityState,
      reason,
      ...toSums(sums),
    }));
  }

  async hours(range: TimeRange, limit: number): Promise<readonly MachineHour[]> {
    const rows = await this.database.read((db) =>
      timesIn(db, range)
        .select(['machine_states.hour', 'machine_states.machine_id', 'machine_states.state'])
        .groupBy(['machine_states.hour', 'machine_states.machine_id', 'machine_states.state'])
        .orderBy('machine_states.hour')
        .orderBy('machine_states.machine_id')
        .orderBy('machine_states.state')
        .$call(this.database.engine.first(limit))
        .execute(),
    );
    return rows.map(({ hour, machine_id: machineId, state, ...sums }) => ({
      hour: asDate(hour),
      machineId,
      state: state as CapacityState,
      ...toSums(sums),
    }));
  }

  async bookSilence(silentSeconds: number): Promise<number> {
    for (let booked = 0; ;) {
      const some = await this.bookSilenceOfSome(silentSeconds);
      booked += some;
      if (some < MACHINES_AT_ONCE) return booked;
    }
  }

  async removeOlder(days: number): Promise<void> {
    await this.database.read((db) =>
      db
        .deleteFrom('machine_states')
        .where('hour', '<', this.database.engine.secondsAgo(days * DAY_SECONDS))
        .execute(),
    );
  }

  private bookSilenceOfSome(silentSeconds: number): Promise<number> {
    const { engine } = this.database;
    return this.database.write(async (transaction) => {
      const silent = await transaction
        .selectFrom('machines')
        .select('id')
        .where('booked_until', '<', engine.secondsAgo(silentSeconds))
        .where('last_seen_at', '>', engine.secondsAgo(LONGEST_SPAN_SECONDS))
        .orderBy('id')
        .$call(engine.first(MACHINES_AT_ONCE))
        .execute();
      if (silent.length === 0) return 0;
      const ids = silent.map(({ id }) => id);
      const rows = await engine.changed(
        transaction
          .updateTable('machines')
          .set(booking(engine))
          .where('id', 'in', ids)
          // Again: another may have booked it, or the machine have come back, since they were looked for.
          .where('booked_until', '<', engine.secondsAgo(silentSeconds)),
        BOOKED_COLUMNS,
      );
      for (const row of rows) await bookTime(engine, transaction, row, null);
      return silent.length;
    });
  }
}

function timesIn(db: Kysely<Schema>, { from, until, pool, machineId }: TimeRange) {
  let query = db
    .selectFrom('machine_states')
    .where('machine_states.hour', '>=', from)
    .where('machine_states.hour', '<', until)
    .select((eb) => [
      eb.fn.sum('machine_states.seconds').as('seconds'),
      eb.fn.sum('machine_states.core_seconds').as('core_seconds'),
      eb.fn.sum('machine_states.offered_core_seconds').as('offered_core_seconds'),
      eb.fn.sum('machine_states.used_core_seconds').as('used_core_seconds'),
    ]);
  if (machineId !== undefined) query = query.where('machine_states.machine_id', '=', machineId);
  if (pool !== undefined) {
    const ofPool = db.selectFrom('machines').select('machines.id').where('machines.pool', '=', pool);
    query = query.where('machine_states.machine_id', 'in', ofPool);
  }
  return query;
}

type SumColumns = Readonly<
  Record<
    'seconds' | 'core_seconds' | 'offered_core_seconds' | 'used_core_seconds',
    number | string | bigint | null
  >
>;

function toSums(row: SumColumns): Omit<TimeSum, 'state' | 'reason'> {
  return {
    seconds: asNumber(row.seconds),
    coreSeconds: asNumber(row.core_seconds),
    offeredCoreSeconds: asNumber(row.offered_core_seconds),
    usedCoreSeconds: asNumber(row.used_core_seconds),
  };
}
