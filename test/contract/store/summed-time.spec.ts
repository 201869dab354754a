import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import { openStores, type Stores } from '#shared/store/kysely/open-stores.js';
import type { TimeRange } from '#shared/store/machine-time-store.js';
import { newMachine } from './samples.js';
import type { SharedDatabase } from './processes-contract.js';
import { createSqliteFile } from './sqlite-test-database.js';

const HOUR_MS = 3_600_000;
const STATES = ['claimed/busy', 'unclaimed/idle', 'owner/idle', 'offline'];

/** Hours long past can't come about by heartbeats, whose times are the database's: here they are written beside the stores. */
describe('time that was added up', () => {
  let database: SharedDatabase;
  let stores: Stores;
  let file: DatabaseSync;
  /** The hour that goes on. */
  let thisHour: number;
  const machines = [newId(), newId(), newId()];

  beforeEach(async () => {
    database = await createSqliteFile();
    stores = await openStores({ databaseUrl: database.databaseUrl });
    await stores.store.migrate();
    file = new DatabaseSync(database.databaseUrl.slice('sqlite:'.length));
    thisHour = Math.floor((await stores.store.now()).getTime() / HOUR_MS) * HOUR_MS;
  });
  afterEach(async () => {
    file.close();
    await stores.store.close();
    await database.remove();
  });

  const ago = (hours: number): number => thisHour - hours * HOUR_MS;
  /** An hour of a machine as a heartbeat would book it; marked, as it is in an hour that is over. */
  const book = (hour: number, machine: number, pool: string | null, isMarked = true): void => {
    const id = machines[machine] ?? '';
    for (const [index, state] of STATES.entries()) {
      const seconds = 100 * (index + 1) + machine;
      file
        .prepare(
          `insert into machine_states (hour, machine_id, pool, state, reason, seconds, core_seconds, offered_core_seconds, used_core_seconds)
           values (?, ?, ?, ?, 'USER_ACTIVE', ?, ?, ?, ?) on conflict do update set seconds = seconds + 1, core_seconds = core_seconds + 2`,
        )
        .run(hour, id, pool, state, seconds, 4 * seconds, index < 2 ? 4 * seconds : 0, index);
    }
    if (isMarked) file.prepare('insert or ignore into unsummed_hours values (?, ?)').run(hour, id);
  };
  const bookAll = (from: number, until: number): void => {
    for (let hours = from; hours > until; hours--)
      for (const machine of machines.keys()) book(ago(hours), machine, machine === 0 ? 'north' : 'south');
  };
  /** As the bookings themselves say it. */
  const plainly = ({ from, until, pool }: TimeRange): unknown[] =>
    file
      .prepare(
        `select state, sum(seconds) as seconds, sum(core_seconds) as core from machine_states
         where hour >= ? and hour < ? and (? is null or pool = ?) group by state order by state`,
      )
      .all(from.getTime(), until.getTime(), pool ?? null, pool ?? null)
      .map((row) => ({ ...row }));
  const bySums = async (range: TimeRange): Promise<unknown[]> =>
    (await stores.machineTime.sums(range)).map(({ state, seconds, coreSeconds }) => ({
      state,
      seconds,
      core: coreSeconds,
    }));
  const ranges = (): TimeRange[] =>
    [
      [200, 0],
      [199, 1],
      [60, 55],
      [100, 20],
      [3, -1],
    ].flatMap(([from = 0, until = 0]) =>
      [undefined, 'north', 'south'].map((pool) => ({
        from: new Date(ago(from)),
        until: new Date(ago(until)),
        pool,
      })),
    );
  const mustAgree = async (): Promise<void> => {
    for (const range of ranges()) {
      const plain = plainly(range);
      expect(await bySums(range)).toEqual(plain);
      for (const step of ['hour', 'day'] as const) {
        const steps = await stores.machineTime.steps(range, { step, byPool: false });
        const core = steps.reduce((sum, one) => sum + one.allocated + one.idle + one.owner + one.down, 0);
        expect(core).toBe((plain as { core: number }[]).reduce((sum, one) => sum + one.core, 0));
      }
    }
  };

  it('is what was booked: before, while some hours are, and after all are', async () => {
    bookAll(180, 0);
    await mustAgree();
    expect(await stores.machineTime.sumUp()).toBeGreaterThanOrEqual(178);
    await mustAgree();
    expect(file.prepare('select count(*) as n from pool_days').get()?.['n']).toBeGreaterThan(0);
    expect(await stores.machineTime.sumUp()).toBe(0);
  });

  it('takes late bookings in, at once and when they are added up', async () => {
    bookAll(180, 2);
    await stores.machineTime.sumUp();
    book(ago(70), 1, 'south');
    book(ago(33), 2, 'south');
    await mustAgree();
    expect(await stores.machineTime.sumUp()).toBe(2);
    await mustAgree();
  });

  it('needs no marks for hours that are newer than all that was added up', async () => {
    bookAll(100, 50);
    await stores.machineTime.sumUp();
    for (let hours = 49; hours > 2; hours--) book(ago(hours), 0, 'north', false);
    await mustAgree();
    expect(await stores.machineTime.sumUp()).toBe(47);
    await mustAgree();
  });

  it('comes to the same whoever adds up at the same time', async () => {
    bookAll(60, 2);
    const others = await openStores({ databaseUrl: database.databaseUrl });
    await Promise.all([stores.machineTime.sumUp(), others.machineTime.sumUp(), stores.machineTime.sumUp()]);
    await others.store.close();
    await mustAgree();
  });

  it('gives bookings of older versions the pool that their machine is in now', async () => {
    await stores.machines.heartbeat(newMachine({ id: machines[0], pool: 'north' }));
    for (let hours = 60; hours > 2; hours--) book(ago(hours), 0, null);
    const range = { from: new Date(ago(60)), until: new Date(ago(2)), pool: 'north' };
    const before = await bySums(range);
    expect(before).toHaveLength(STATES.length);
    await stores.machineTime.sumUp();
    expect(await bySums(range)).toEqual(before);
    expect(
      await stores.machineTime.steps({ ...range, pool: undefined }, { step: 'day', byPool: true }),
    ).toEqual(expect.arrayContaining([expect.objectContaining({ pool: 'north' })]));
  });

  it('outlives the bookings, and late ones among the removed do not overwrite it', async () => {
    bookAll(180, 2);
    await stores.machineTime.sumUp();
    const range = { from: new Date(ago(180)), until: new Date(ago(100)) };
    const before = await bySums(range);
    await stores.machineTime.removeOlder(4);
    expect(plainly(range)).toEqual([]);
    expect(await bySums(range)).toEqual(before);
    book(ago(150), 0, 'north');
    await stores.machineTime.removeOlder(4);
    await stores.machineTime.sumUp();
    expect(await bySums(range)).toEqual(before);
  });

  it('reads one machine from its bookings', async () => {
    bookAll(60, 2);
    await stores.machineTime.sumUp();
    const range = { from: new Date(ago(60)), until: new Date(ago(2)) };
    const sums = await stores.machineTime.sums({ ...range, machineId: machines[1] });
    expect(sums.map(({ seconds }) => seconds)).toEqual([101, 401, 301, 201].map((seconds) => 58 * seconds));
  });
});
