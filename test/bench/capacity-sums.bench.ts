import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { newId } from '#shared/domain/ids.js';
import { openStores, type Stores } from '#shared/store/kysely/open-stores.js';
import { medianOfRounds, resultOf, type Bench, type BenchContext, type BenchResult } from './bench.js';

const HOUR_MS = 3_600_000;
const MACHINES = 1_000;
const DAYS = 30;
const POOLS = ['office', 'lab', 'servers'];
/** What machines do in an hour: four of these each. */
const SPENDINGS: readonly (readonly [string, string, number])[] = [
  ['claimed/busy', '', 1],
  ['unclaimed/idle', '', 1],
  ['owner/idle', 'USER_ACTIVE', 0],
  ['owner/idle', 'TIME_OF_DAY', 0],
  ['claimed/suspended', 'USER_ACTIVE', 0],
  ['offline', '', 0],
];
const ROWS_AN_HOUR = 4;

/**
 * What a month of a thousand machines was spent on (2.9 million rows): `MachineTimeStore.sums`, which reads what was added up,
 * against one plain SQL statement that adds up the rows themselves in the same file. The range begins and ends within a day and ends
 * with the hour that goes on, so that sums of days, of hours and bookings are all read.
 */
async function run(context: BenchContext): Promise<BenchResult[]> {
  const path = join(context.workFolder, 'store.db');
  const stores = await openStores({ databaseUrl: `sqlite:${path}` });
  await stores.store.migrate();
  const file = new DatabaseSync(path);
  try {
    const until = Math.floor((await stores.store.now()).getTime() / HOUR_MS + 1) * HOUR_MS;
    const from = until - DAYS * 24 * HOUR_MS;
    context.log(`Writing ${DAYS * 24 * MACHINES * ROWS_AN_HOUR} rows.`);
    writeMonth(file, from, until);
    context.log('Adding up.');
    const startedMs = performance.now();
    const hours = await stores.machineTime.sumUp();
    context.log(`${hours} hours were added up in ${((performance.now() - startedMs) / 1000).toFixed(1)} s.`);
    mustAgree(await sumsOf(stores, from, until), plainSums(file, from, until));
    const { value, baseline } = await medianOfRounds(
      context.rounds,
      () => timed(() => sumsOf(stores, from, until)),
      () => timed(() => Promise.resolve(plainSums(file, from, until))),
    );
    return [resultOf({ name: 'capacity-sums', value, baseline, unit: 'ms', goal: '<= 0.1' })];
  } finally {
    file.close();
    await stores.store.close();
  }
}

function writeMonth(file: DatabaseSync, from: number, until: number): void {
  const ids = Array.from({ length: MACHINES }, newId).sort();
  const insert = file.prepare(
    `insert into machine_states (hour, machine_id, pool, state, reason, seconds, core_seconds, offered_core_seconds, used_core_seconds)
     values (?, ?, ?, ?, ?, 900, 7200, ?, ?)`,
  );
  for (let hour = from; hour < until; hour += HOUR_MS) {
    file.exec('begin immediate');
    for (const [machine, id] of ids.entries()) {
      const pool = POOLS[machine % POOLS.length] ?? '';
      for (let row = 0; row < ROWS_AN_HOUR; row++) {
        const [state, reason, offered] = SPENDINGS[(machine + row) % SPENDINGS.length] ?? ['', '', 0];
        insert.run(hour, id, pool, state, reason, 7200 * offered, row === 0 ? 3600 * offered : 0);
      }
    }
    file.exec('commit');
  }
}

type Sums = readonly (readonly [string, string, number, number])[];

async function sumsOf(stores: Stores, from: number, until: number): Promise<Sums> {
  const sums = await stores.machineTime.sums({ from: new Date(from), until: new Date(until) });
  return sums.map((one) => [one.state, one.reason, one.seconds, one.usedCoreSeconds]);
}

function plainSums(file: DatabaseSync, from: number, until: number): Sums {
  const rows = file
    .prepare(
      `select state, reason, sum(seconds) as seconds, sum(core_seconds) as core, sum(offered_core_seconds) as offered,
         sum(used_core_seconds) as used
       from machine_states where hour >= ? and hour < ? group by state, reason order by state, reason`,
    )
    .all(from, until);
  return rows.map((row) => [
    String(row['state']),
    String(row['reason']),
    Number(row['seconds']),
    Number(row['used']),
  ]);
}

function mustAgree(sums: Sums, plain: Sums): void {
  if (JSON.stringify(sums) !== JSON.stringify(plain))
    throw new Error('The sums are not those of the bookings');
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

export default { name: 'capacity-sums', run } satisfies Bench;
