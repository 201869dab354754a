import type { Kysely, Selectable } from 'kysely';
import { percentilesOf } from '../../domain/capacity/percentiles.js';
import type { TimeRange } from '../machine-time-store.js';
import type { OwnerImpact, OwnerWaitRow } from '../work-store.js';
import type { OwnerReleaseTable } from './capacity-schema.js';
import type { Engine } from './engine.js';
import type { Schema } from './schema.js';
import { asDate, asNumber } from './values.js';

/** How long owners waited, out of how often each length came: neither database needs to sort what is not asked for. */
export async function ownerImpact(db: Kysely<Schema>, range: TimeRange): Promise<OwnerImpact> {
  const lengths = await lengthsIn(db, range);
  const [p50Ms = null, p95Ms = null, maxMs = null] = percentilesOf(lengths, [0.5, 0.95, 1]);
  return { count: lengths.reduce((sum, { count }) => sum + count, 0), p50Ms, p95Ms, maxMs };
}

/** The longest, the longest first. */
export async function worstWaits(
  engine: Engine,
  db: Kysely<Schema>,
  range: TimeRange,
  limit: number,
): Promise<OwnerWaitRow[]> {
  const least = leastOf(await lengthsIn(db, range), limit);
  if (least === null) return [];
  // Along the key, with a bound that few exceed: sorted here.
  const exceeding = waits(db, range).where('milliseconds', '>', least);
  const longer = await exceeding.orderBy('at').orderBy('machine_id').$call(engine.first(limit)).execute();
  const just = waits(db, range).where('milliseconds', '=', least);
  const asLong = await just.orderBy('at').orderBy('machine_id').$call(engine.first(limit)).execute();
  return [...longer, ...asLong]
    .map(toWait)
    .sort((a, b) => b.milliseconds - a.milliseconds)
    .slice(0, limit);
}

export async function waitsIn(
  engine: Engine,
  db: Kysely<Schema>,
  range: TimeRange,
  limit: number,
): Promise<OwnerWaitRow[]> {
  const rows = await waits(db, range)
    .orderBy('at')
    .orderBy('machine_id')
    .$call(engine.first(limit))
    .execute();
  return rows.map(toWait);
}

interface Length {
  readonly value: number;
  readonly count: number;
}

async function lengthsIn(db: Kysely<Schema>, range: TimeRange): Promise<Length[]> {
  const rows = await within(db, range)
    .select((eb) => ['milliseconds', eb.fn.countAll().as('count')])
    .groupBy('milliseconds')
    .execute();
  return rows
    .map(({ milliseconds, count }) => ({ value: milliseconds, count: asNumber(count) }))
    .sort((a, b) => a.value - b.value);
}

/** The length of the `limit`-th longest, or of the shortest. */
function leastOf(lengths: readonly Length[], limit: number): number | null {
  let seen = 0;
  for (const { value, count } of lengths.toReversed()) {
    seen += count;
    if (seen >= limit) return value;
  }
  return lengths[0]?.value ?? null;
}

function waits(db: Kysely<Schema>, range: TimeRange) {
  return within(db, range).selectAll();
}

function within(db: Kysely<Schema>, { from, until, pool, machineId }: TimeRange) {
  return db
    .selectFrom('owner_releases')
    .where('at', '>=', from)
    .where('at', '<', until)
    .$if(pool !== undefined, (query) => query.where('pool', '=', pool as string))
    .$if(machineId !== undefined, (query) => query.where('machine_id', '=', machineId as string));
}

function toWait(row: Selectable<OwnerReleaseTable>): OwnerWaitRow {
  return {
    at: asDate(row.at),
    machineId: row.machine_id,
    pool: row.pool,
    action: row.action,
    reason: row.reason,
    milliseconds: row.milliseconds,
  };
}
