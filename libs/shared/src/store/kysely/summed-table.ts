import { type Kysely, type RawBuilder, type SelectQueryBuilder, sql, type Transaction } from 'kysely';
import { DAY_MS, dayOf } from '../../domain/machine-time.js';
import { readingPlan, type ReadingPlan, type Span } from './summed-spans.js';
import type { Schema } from './schema.js';
import { unsummedSpans } from './unsummed-hours.js';

/** Bookings by machine and hour, and where their sums by pool stand, of the hours and days that are over. */
export interface SummedTable {
  readonly bookings: 'machine_states' | 'function_time';
  readonly hours: 'pool_hours' | 'pool_function_hours';
  readonly days: 'pool_days' | 'pool_function_days';
  /** What is kept apart, besides the pool. */
  readonly keys: readonly string[];
  /** What is added up. */
  readonly sums: readonly string[];
}

export const MACHINE_TIME = {
  bookings: 'machine_states',
  hours: 'pool_hours',
  days: 'pool_days',
  keys: ['state', 'reason'],
  sums: ['seconds', 'core_seconds', 'offered_core_seconds', 'used_core_seconds'],
} as const satisfies SummedTable;

export const FUNCTION_TIME = {
  bookings: 'function_time',
  hours: 'pool_function_hours',
  days: 'pool_function_days',
  keys: ['app_id', 'function_name', 'batch_id', 'reason'],
  sums: ['used_ms', 'badput_ms', 'evictions', 'calls'],
} as const satisfies SummedTable;

/** Whose time of which hours. */
export interface SummedRange {
  readonly from: Date;
  readonly until: Date;
  readonly pool?: string | undefined;
  readonly machineId?: string | undefined;
}

/** Adds an hour up, and the day that it lies in. What stood there before is replaced. */
export async function sumUp(transaction: Transaction<Schema>, table: SummedTable, hour: Date): Promise<void> {
  const day = new Date(dayOf(hour.getTime()));
  const dayEnd = new Date(day.getTime() + DAY_MS);
  const keys = names(['pool', ...table.keys]);
  const columns = names(['hour', 'pool', ...table.keys, ...table.sums]);
  const sums = sql.join(table.sums.map((name) => sql`sum(${sql.ref(name)})`));
  const into = async (target: string, from: Date, select: RawBuilder<unknown>): Promise<void> => {
    await sql`delete from ${sql.table(target)} where ${sql.ref('hour')} = ${from}`.execute(transaction);
    await sql`insert into ${sql.table(target)} (${columns}) ${select}`.execute(transaction);
  };
  await into(
    table.hours,
    hour,
    sql`select ${sql.ref('hour')}, ${keys}, ${sums} from ${sql.table(table.bookings)}
      where ${sql.ref('hour')} = ${hour} and ${sql.ref('pool')} is not null group by ${sql.ref('hour')}, ${keys}`,
  );
  await into(
    table.days,
    day,
    sql`select ${day}, ${keys}, ${sums} from ${sql.table(table.hours)}
      where ${sql.ref('hour')} >= ${day} and ${sql.ref('hour')} < ${dayEnd} group by ${keys}`,
  );
}

/**
 * A range's time as `part`, to be added up: from sums where they stand, from the bookings where they do not and for one machine.
 * @param coarsest `hour`: whole days too are read by their hours; `machine`: all is read from the bookings, with `machine_id`
 * @returns null where there is nothing to read. Each row has its columns, its pool and where it begins (`hour`: the hour, or the day where whole days are read).
 */
export async function partsOf(
  db: Kysely<Schema>,
  table: SummedTable,
  range: SummedRange,
  coarsest: 'machine' | 'hour' | 'day' = 'day',
): Promise<SelectQueryBuilder<{ part: Record<string, unknown> }, 'part', object> | null> {
  const plan = await planFor(db, range, coarsest);
  const selects = [
    ...selectFrom(table, coarsest === 'day' ? table.days : table.hours, plan.days, range),
    ...selectFrom(table, table.hours, plan.hours, range),
    ...selectFrom(table, table.bookings, plan.open, range, coarsest === 'machine' ? ['machine_id'] : []),
  ];
  if (selects.length === 0) return null;
  const union = sql.join(selects, sql` union all `);
  const parts = sql<Record<string, unknown>>`(${union})`.as<'part'>(sql.ref('part'));
  return db.selectFrom(parts);
}

async function planFor(
  db: Kysely<Schema>,
  { from, until, machineId }: SummedRange,
  coarsest: 'machine' | 'hour' | 'day',
): Promise<ReadingPlan> {
  const range = { fromMs: from.getTime(), untilMs: until.getTime() };
  // Sums know no machines; and the bookings of one are found by their index.
  if (machineId !== undefined || coarsest === 'machine') return { days: [], hours: [], open: [range] };
  return readingPlan(range, await unsummedSpans(db, from, until));
}

/** A SELECT for each span: an OR would keep the databases from reading along the key. */
function selectFrom(
  table: SummedTable,
  source: SummedTable['bookings' | 'hours' | 'days'],
  spans: readonly Span[],
  { pool, machineId }: SummedRange,
  more: readonly string[] = [],
): RawBuilder<unknown>[] {
  const isBooked = source === table.bookings;
  const columns = names(['hour', ...more, ...table.keys, ...table.sums]);
  const poolColumn = isBooked ? poolOfBooking(table) : sql`${sql.ref('pool')}`;
  const machine = machineId === undefined ? sql`` : sql` and ${sql.ref('machine_id')} = ${machineId}`;
  const ofPool = pool === undefined ? sql`` : sql` and ${poolColumn} = ${pool}`;
  return spans.map(
    ({ fromMs, untilMs }) =>
      sql`select ${columns}, ${poolColumn} as ${sql.ref('pool')} from ${sql.table(source)}
        where ${sql.ref('hour')} >= ${new Date(fromMs)} and ${sql.ref('hour')} < ${new Date(untilMs)}${machine}${ofPool}`,
  );
}

/** Bookings of older versions say no pool: it is the machine's of now. */
function poolOfBooking({ bookings }: SummedTable): RawBuilder<unknown> {
  if (bookings === 'function_time') return sql`${sql.ref('pool')}`;
  const now = sql`select ${sql.ref('machines.pool')} from ${sql.table('machines')}
    where ${sql.ref('machines.id')} = ${sql.ref('machine_states.machine_id')}`;
  return sql`coalesce(${sql.ref('machine_states.pool')}, (${now}), '')`;
}

function names(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((name) => sql.ref(name)));
}

/** Hours whose sums are taken from older versions' bookings get the pool of now first: sums need one. */
export async function fillPools(transaction: Transaction<Schema>, hour: Date): Promise<void> {
  const now = sql<string>`coalesce((select ${sql.ref('machines.pool')} from ${sql.table('machines')}
    where ${sql.ref('machines.id')} = ${sql.ref('machine_states.machine_id')}), '')`;
  await transaction
    .updateTable('machine_states')
    .set({ pool: now })
    .where('hour', '=', hour)
    .where('pool', 'is', null)
    .execute();
}
