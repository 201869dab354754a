import { sql } from 'kysely';
import { usageWith, type Usage } from '../../domain/capacity/fair-share.js';
import type { WorkFigures } from '../../domain/function-time.js';
import { HOUR_MS, hourOf } from '../../domain/machine-time.js';
import type { TimeRange } from '../machine-time-store.js';
import { type PoolUsage, type WorkGrouping, WorkStore, type WorkSum } from '../work-store.js';
import type { Database } from './database.js';
import { inSlices } from './paging.js';
import { ownerImpact, waitsIn, worstWaits } from './owner-waits.js';
import { FUNCTION_TIME, partsOf } from './summed-table.js';
import { asDate, asNumber } from './values.js';

const KEYS: Readonly<Record<WorkGrouping, readonly string[]>> = {
  function: ['app_id', 'function_name', 'batch_id'],
  machine: ['machine_id'],
  reason: ['reason'],
};

/** What is left of use after so many half-lives is a thousandth. */
const HALF_LIVES = 10;

type Row = Readonly<Record<string, string | number | Date | null>>;

/** Work and what was lost of it, over Kysely. */
export class KyselyWorkStore extends WorkStore {
  constructor(private readonly database: Database) {
    super();
  }

  async sums(range: TimeRange, grouping: WorkGrouping): Promise<readonly WorkSum[]> {
    const rows = await this.grouped(range, KEYS[grouping]);
    const appNames = await this.namesOf(
      'function_apps',
      rows.map((row) => row['app_id']),
    );
    const batchNames = await this.namesOf(
      'batches',
      rows.map((row) => row['batch_id']),
    );
    return rows.map((row) => {
      const [appId, batchId] = [textOf(row['app_id']), textOf(row['batch_id'])];
      return {
        appId,
        appName: appId === null ? null : (appNames.get(appId) ?? ''),
        functionName: textOf(row['function_name']),
        batchId,
        batchName: batchId === null ? null : (batchNames.get(batchId) ?? ''),
        machineId: textOf(row['machine_id']),
        reason: textOf(row['reason']),
        ...figuresOf(row),
      };
    });
  }

  async total(range: TimeRange): Promise<WorkFigures> {
    const [row] = await this.grouped(range, []);
    return figuresOf(row ?? {});
  }

  async usage(pool: string, halfLifeHours: number): Promise<readonly PoolUsage[]> {
    const now = await this.database.read((db) => this.database.now(db));
    const until = hourOf(now.getTime()) + HOUR_MS;
    const from = until - Math.ceil(HALF_LIVES * halfLifeHours) * HOUR_MS;
    const range = { from: new Date(from), until: new Date(until), pool };
    const rows = await this.grouped(range, ['hour', 'app_id', 'batch_id'], 'hour');
    const usages = new Map<string, PoolUsage>();
    for (const row of inTime(rows)) {
      const batchId = textOf(row['batch_id']) ?? '';
      const appId = textOf(row['app_id']) ?? '';
      const of = batchId === '' ? { appId } : { batchId };
      const key = batchId === '' ? `app ${appId}` : batchId;
      const known = usages.get(key)?.usage ?? { coreSeconds: 0, atMs: from };
      usages.set(key, { of, usage: withHour(known, row, halfLifeHours) });
    }
    return [...usages.values()].map(({ of, usage }) => ({
      of,
      usage: usageWith(usage, 0, now.getTime(), halfLifeHours),
    }));
  }

  ownerImpact(range: TimeRange) {
    return this.database.read((db) => ownerImpact(db, range));
  }

  worstWaits(range: TimeRange, limit: number) {
    return this.database.read((db) => worstWaits(this.database.engine, db, range, limit));
  }

  waits(range: TimeRange, limit: number) {
    return this.database.read((db) => waitsIn(this.database.engine, db, range, limit));
  }

  private async grouped(
    range: TimeRange,
    keys: readonly string[],
    coarsest: 'hour' | 'day' = 'day',
  ): Promise<readonly Row[]> {
    const rows = await this.database.read(async (db) => {
      // Sums know no machines.
      const isByMachine = keys.includes('machine_id');
      const parts = await partsOf(db, FUNCTION_TIME, range, isByMachine ? 'machine' : coarsest);
      const sums = FUNCTION_TIME.sums.map((name) => sql`sum(${sql.ref(name)})`.as(name));
      return parts
        ?.select([...keys, ...sums])
        .$if(keys.length > 0, (query) => query.groupBy(keys))
        .execute();
    });
    return (rows ?? []) as Row[];
  }

  private async namesOf(
    table: 'function_apps' | 'batches',
    ids: readonly (Row[string] | undefined)[],
  ): Promise<ReadonlyMap<string, string>> {
    const known = [...new Set(ids.filter((id) => typeof id === 'string' && id !== ''))] as string[];
    const names = new Map<string, string>();
    for (const slice of inSlices(known)) {
      const rows = await this.database.read((db) =>
        db.selectFrom(table).select(['id', 'name']).where('id', 'in', slice).execute(),
      );
      for (const { id, name } of rows) names.set(id, name);
    }
    return names;
  }
}

/** An hour's use, as if all of it had come in the hour's middle, or now if that is earlier. */
function withHour(usage: Usage, row: Row, halfLifeHours: number): Usage {
  const middleMs = hourMsOf(row) + HOUR_MS / 2;
  return usageWith(
    usage,
    asNumber(numberOf(row['used_ms'])) / 1000,
    Math.max(usage.atMs, middleMs),
    halfLifeHours,
  );
}

function inTime(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => hourMsOf(a) - hourMsOf(b));
}

function hourMsOf(row: Row): number {
  return asDate(row['hour'] as number | Date).getTime();
}

function figuresOf(row: Row): WorkFigures {
  return {
    usedMs: asNumber(numberOf(row['used_ms'])),
    badputMs: asNumber(numberOf(row['badput_ms'])),
    evictions: asNumber(numberOf(row['evictions'])),
    calls: asNumber(numberOf(row['calls'])),
  };
}

function numberOf(value: Row[string] | undefined): number | string | null {
  return value instanceof Date ? null : (value ?? null);
}

function textOf(value: Row[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
