import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { CapacityState } from '../../domain/capacity/capacity-state.js';
import { LONGEST_SPAN_SECONDS } from '../../domain/machine-time.js';
import {
  MachineTimeStore,
  type MachineHour,
  type TimeRange,
  type TimeStep,
  type TimeSteps,
  type TimeSum,
} from '../machine-time-store.js';
import type { Database } from './database.js';
import { BOOKED_COLUMNS, booking, bookTime } from './machine-time-booking.js';
import { removeOldAccounts } from './old-accounts.js';
import type { Schema } from './schema.js';
import { FUNCTION_TIME, fillPools, MACHINE_TIME, partsOf, sumUp } from './summed-table.js';
import { readSteps } from './time-steps.js';
import { hoursToSum } from './unsummed-hours.js';
import { asDate, asNumber } from './values.js';

/** A transaction books so many machines: their rows are locked until its end. */
const MACHINES_AT_ONCE = 200;

/** Machines' time, over Kysely. */
export class KyselyMachineTimeStore extends MachineTimeStore {
  constructor(private readonly database: Database) {
    super();
  }

  async sums(range: TimeRange): Promise<readonly TimeSum[]> {
    const rows = await this.database.read(async (db) => {
      const parts = await partsOf(db, MACHINE_TIME, range);
      return parts
        ?.select(['state', 'reason', ...SUMS])
        .groupBy(['state', 'reason'])
        .execute();
    });
    const sums = (rows ?? []).map((row) => ({
      state: row['state'] as CapacityState,
      reason: row['reason'] as string,
      ...toSums(row as unknown as SumColumns),
    }));
    return sums.sort((a, b) => compare(a.state, b.state) || compare(a.reason, b.reason));
  }

  async hours(range: TimeRange, limit: number): Promise<readonly MachineHour[]> {
    const rows = await this.database.read((db) =>
      bookingsIn(db, range)
        .select(['machine_states.hour', 'machine_states.machine_id', 'machine_states.state', ...SUMS])
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

  steps(range: TimeRange, steps: TimeSteps): Promise<readonly TimeStep[]> {
    return this.database.read((db) => readSteps(db, range, steps));
  }

  async sumUp(): Promise<number> {
    const hours = await this.database.read(async (db) => hoursToSum(db, await this.database.now(db)));
    for (const hour of hours) {
      await this.database.write(async (transaction) => {
        // The marks go first: what is booked from here on leaves a new one.
        await transaction.deleteFrom('unsummed_hours').where('hour', '=', hour).execute();
        await fillPools(transaction, hour);
        await sumUp(transaction, MACHINE_TIME, hour);
        await sumUp(transaction, FUNCTION_TIME, hour);
      });
      // After an upgrade there are months of them: whoever waits for the database comes in between.
      await nextTurn();
    }
    return hours.length;
  }

  async bookSilence(silentSeconds: number): Promise<number> {
    for (let booked = 0; ;) {
      const some = await this.bookSilenceOfSome(silentSeconds);
      booked += some;
      if (some < MACHINES_AT_ONCE) return booked;
    }
  }

  removeOlder(days: number): Promise<void> {
    return removeOldAccounts(this.database, days);
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

function bookingsIn(db: Kysely<Schema>, { from, until, pool, machineId }: TimeRange) {
  let query = db
    .selectFrom('machine_states')
    .where('machine_states.hour', '>=', from)
    .where('machine_states.hour', '<', until);
  if (machineId !== undefined) query = query.where('machine_states.machine_id', '=', machineId);
  if (pool !== undefined) {
    const now = db.selectFrom('machines').select('machines.id').where('machines.pool', '=', pool);
    query = query.where((eb) =>
      eb.or([
        eb('machine_states.pool', '=', pool),
        // Of older versions, which did not say it.
        eb.and([eb('machine_states.pool', 'is', null), eb('machine_states.machine_id', 'in', now)]),
      ]),
    );
  }
  return query;
}

type SumColumns = Readonly<Record<(typeof MACHINE_TIME.sums)[number], number | string | bigint | null>>;

const SUMS = MACHINE_TIME.sums.map((name) => sumOf(name).as(name));

function sumOf(column: string): RawBuilder<number | null> {
  return sql<number | null>`sum(${sql.ref(column)})`;
}

function toSums(row: SumColumns): Omit<TimeSum, 'state' | 'reason'> {
  return {
    seconds: asNumber(row.seconds),
    coreSeconds: asNumber(row.core_seconds),
    offeredCoreSeconds: asNumber(row.offered_core_seconds),
    usedCoreSeconds: asNumber(row.used_core_seconds),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
