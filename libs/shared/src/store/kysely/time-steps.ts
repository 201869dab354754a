import { type Kysely, type RawBuilder, sql } from 'kysely';
import { statesOf, type TimeUse } from '../../domain/capacity/time-use.js';
import { dayOf } from '../../domain/machine-time.js';
import type { TimeRange, TimeStep, TimeSteps } from '../machine-time-store.js';
import type { Schema } from './schema.js';
import { MACHINE_TIME, partsOf } from './summed-table.js';
import { asDate, asNumber } from './values.js';

const USES: readonly TimeUse[] = ['allocated', 'idle', 'owner', 'down'];
const FIGURES = ['used', 'offered', ...USES] as const;

/** A range's time by hour or day. */
export async function readSteps(db: Kysely<Schema>, range: TimeRange, steps: TimeSteps): Promise<TimeStep[]> {
  // Sums of whole days have no hours any more.
  const parts = await partsOf(db, MACHINE_TIME, range, steps.step);
  if (parts === null) return [];
  const keys = steps.byPool ? ['hour', 'pool'] : ['hour'];
  const rows = await parts
    .select([
      ...keys,
      sql`sum(${sql.ref('used_core_seconds')})`.as('used'),
      sql`sum(${sql.ref('offered_core_seconds')})`.as('offered'),
      ...USES.map((use) => coreSecondsOf(use).as(use)),
    ])
    .groupBy(keys)
    .execute();
  return inOrder(rows.map((row) => toStep(row, steps)));
}

function coreSecondsOf(use: TimeUse): RawBuilder<unknown> {
  const states = sql.join(statesOf(use).map((state) => sql.lit(state)));
  return sql`sum(case when ${sql.ref('state')} in (${states}) then ${sql.ref('core_seconds')} else 0 end)`;
}

function toStep(row: Record<string, unknown>, { step, byPool }: TimeSteps): TimeStep {
  const hour = asDate(row['hour'] as number | Date);
  return {
    at: step === 'day' ? new Date(dayOf(hour.getTime())) : hour,
    pool: byPool ? (row['pool'] as string) : null,
    ...(Object.fromEntries(
      FIGURES.map((name) => [name, asNumber(row[name] as number | string | null)]),
    ) as Record<(typeof FIGURES)[number], number>),
  };
}

/** One of each time and pool: what was read by the hour becomes a day here. */
function inOrder(steps: readonly TimeStep[]): TimeStep[] {
  const byKey = new Map<string, TimeStep>();
  for (const step of steps) {
    const key = `${step.at.getTime()} ${step.pool}`;
    const other = byKey.get(key);
    byKey.set(key, other ? together(other, step) : step);
  }
  return [...byKey.values()].sort(
    (a, b) => a.at.getTime() - b.at.getTime() || ((a.pool ?? '') < (b.pool ?? '') ? -1 : 1),
  );
}

function together(one: TimeStep, other: TimeStep): TimeStep {
  const sums = Object.fromEntries(FIGURES.map((name) => [name, one[name] + other[name]]));
  return { ...one, ...sums };
}
