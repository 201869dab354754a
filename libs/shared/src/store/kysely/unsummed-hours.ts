import type { Kysely, Transaction } from 'kysely';
import { HOUR_MS, hourOf } from '../../domain/machine-time.js';
import type { Schema } from './schema.js';
import type { Span } from './summed-spans.js';
import { asDate, asDateOrNull } from './values.js';

/**
 * Notes that something was booked in an hour that is over: it is added up anew. A row for each machine, so that a thousand of them
 * that come at the full hour do not wait for each other.
 */
export async function markUnsummed(
  transaction: Transaction<Schema>,
  hour: Date,
  machineId: string,
): Promise<void> {
  const marked = await transaction
    .selectFrom('unsummed_hours')
    .select('machine_id')
    .where('hour', '=', hour)
    .where('machine_id', '=', machineId)
    .executeTakeFirst();
  if (marked) return;
  await transaction.insertInto('unsummed_hours').values({ hour, machine_id: machineId }).execute();
}

/** The hours of a range whose sums do not stand yet: those that are marked, and all after the newest that was added up. */
export async function unsummedSpans(db: Kysely<Schema>, from: Date, until: Date): Promise<Span[]> {
  const marked = await db
    .selectFrom('unsummed_hours')
    .select('hour')
    .distinct()
    .where('hour', '>=', from)
    .where('hour', '<', until)
    .execute();
  const spans = marked.map(({ hour }) => {
    const fromMs = asDate(hour).getTime();
    return { fromMs, untilMs: fromMs + HOUR_MS };
  });
  const newest = await newestSummed(db);
  spans.push({ fromMs: newest === null ? 0 : newest.getTime() + HOUR_MS, untilMs: until.getTime() });
  return spans;
}

/** The newest hour that was added up; null: none was yet. */
export async function newestSummed(db: Kysely<Schema>): Promise<Date | null> {
  const row = await db
    .selectFrom('pool_hours')
    .select((eb) => eb.fn.max('hour').as('hour'))
    .executeTakeFirst();
  return asDateOrNull(row?.hour ?? null);
}

/** A heartbeat that takes the last seconds of an hour along comes this long after its end, or leaves a mark. */
const SETTLING_MS = 2 * 60_000;

/** The hours that are over and are to be added up, the oldest first. */
export async function hoursToSum(db: Kysely<Schema>, now: Date): Promise<Date[]> {
  const over = new Date(hourOf(now.getTime() - SETTLING_MS));
  const newest = await newestSummed(db);
  const marked = await db
    .selectFrom('unsummed_hours')
    .select('hour')
    .distinct()
    .where('hour', '<', over)
    .execute();
  const later = await db
    .selectFrom('machine_states')
    .select('hour')
    .distinct()
    .where('hour', '<', over)
    .$if(newest !== null, (query) => query.where('hour', '>', newest as Date))
    .execute();
  const all = new Set([...marked, ...later].map(({ hour }) => asDate(hour).getTime()));
  return [...all].sort((a, b) => a - b).map((ms) => new Date(ms));
}
