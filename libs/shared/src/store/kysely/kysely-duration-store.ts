import { sql, type Selectable, type Transaction } from 'kysely';
import {
  fadeSketch,
  mergeSketch,
  sketchOfParts,
  sketchParts,
  type DurationSketch,
} from '../../domain/capacity/duration-sketch.js';
import { DurationStore, type DurationKey, type FunctionDurations } from '../duration-store.js';
import type { Database } from './database.js';
import type { FunctionDurationTable, Schema } from './schema.js';
import { asDate, fromJson } from './values.js';

/** Below what a statement may have of parameters in SQL Server. */
const APPS_AT_ONCE = 500;
const HALF_LIFE_DAYS = 90;
const DAY_MS = 24 * 3600 * 1000;

/** Durations, over Kysely. */
export class KyselyDurationStore extends DurationStore {
  constructor(private readonly database: Database) {
    super();
  }

  async ofApps(appIds: readonly string[]): Promise<readonly FunctionDurations[]> {
    const found: FunctionDurations[] = [];
    for (let start = 0; start < appIds.length; start += APPS_AT_ONCE)
      found.push(...(await this.ofSome(appIds.slice(start, start + APPS_AT_ONCE))));
    return found;
  }

  add(measured: readonly FunctionDurations[]): Promise<readonly FunctionDurations[]> {
    // All in one order: machines that add at the same time wait for each other instead of getting entangled.
    const ordered = [...measured].sort((a, b) => (wordsOf(a) < wordsOf(b) ? -1 : 1));
    return this.database.write(async (transaction) => {
      const known: FunctionDurations[] = [];
      for (const one of ordered) known.push(await this.addOne(transaction, one));
      return known;
    });
  }

  private async ofSome(appIds: readonly string[]): Promise<readonly FunctionDurations[]> {
    const rows = await this.database.read((db) =>
      db.selectFrom('function_durations').selectAll().where('app_id', 'in', appIds).execute(),
    );
    return rows.map((row) => ({
      appId: row.app_id,
      functionName: row.function_name,
      kind: row.kind as DurationKey['kind'],
      sketch: sketchFrom(row.sketch),
    }));
  }

  private async addOne(
    transaction: Transaction<Schema>,
    measured: FunctionDurations,
  ): Promise<FunctionDurations> {
    const known = await this.locked(transaction, measured);
    const sketch = known ? faded(known) : sketchOfParts([]);
    mergeSketch(sketch, measured.sketch);
    const text = JSON.stringify(sketchParts(sketch));
    if (known) await this.rowOf(transaction, measured).set({ sketch: text }).execute();
    else await this.insert(transaction, measured, text);
    return { ...measured, sketch };
  }

  /** The UPDATE comes before what is read is used: until the end of the transaction nobody else reads this row to add to it. */
  private async locked(transaction: Transaction<Schema>, key: DurationKey): Promise<KnownRow | undefined> {
    const { engine } = this.database;
    // The right side is what stood there before.
    const touched = this.rowOf(transaction, key).set({
      merged_from: sql.ref<Date>('merged_at'),
      merged_at: engine.now(),
    });
    return (await engine.changed(touched, ['sketch', 'merged_at', 'merged_from']))[0];
  }

  private async insert(transaction: Transaction<Schema>, key: DurationKey, sketch: string): Promise<void> {
    await transaction
      .insertInto('function_durations')
      .values({
        app_id: key.appId,
        function_name: key.functionName,
        kind: key.kind,
        sketch,
        merged_at: this.database.engine.now(),
        merged_from: null,
      })
      .execute();
  }

  private rowOf(transaction: Transaction<Schema>, { appId, functionName, kind }: DurationKey) {
    return transaction
      .updateTable('function_durations')
      .where('app_id', '=', appId)
      .where('function_name', '=', functionName)
      .where('kind', '=', kind);
  }
}

type KnownRow = Pick<Selectable<FunctionDurationTable>, 'sketch' | 'merged_at' | 'merged_from'>;

/** What stood there, with less weight the longer ago that is. */
function faded(row: KnownRow): DurationSketch {
  const sketch = sketchFrom(row.sketch);
  const from = row.merged_from ?? row.merged_at;
  const days = Math.max(0, asDate(row.merged_at).getTime() - asDate(from).getTime()) / DAY_MS;
  fadeSketch(sketch, 0.5 ** (days / HALF_LIFE_DAYS));
  return sketch;
}

function sketchFrom(text: string): DurationSketch {
  return sketchOfParts(fromJson<[number, number][]>(text));
}

function wordsOf({ appId, functionName, kind }: DurationKey): string {
  return `${appId} ${functionName} ${kind}`;
}
