import { type Kysely, sql } from 'kysely';
import type { BatchChunk, StoredItem } from '../../domain/batch.js';
import type { ItemFilter, ItemPageRequest } from '../batch-store.js';
import { toBatchChunk, toStoredItem } from './batch-rows.js';
import type { Engine } from './engine.js';
import { checkedLimit } from './paging.js';
import type { Schema } from './schema.js';
import { asNumber } from './values.js';

/** Of the newest runs: a function changes, and with it how long its items take. */
const HISTORY_RUNS = 5;
const HISTORY_CHUNKS = 50;

export async function finishedLines(
  db: Kysely<Schema>,
  runId: string,
  firstLine: number,
  lineCount: number,
): Promise<ReadonlySet<number>> {
  const rows = await db
    .selectFrom('batch_items')
    .select('line_number')
    .where('run_id', '=', runId)
    .where('line_number', '>=', firstLine)
    .where('line_number', '<', firstLine + lineCount)
    .execute();
  return new Set(rows.map((row) => asNumber(row.line_number)));
}

export async function listItems(
  db: Kysely<Schema>,
  engine: Engine,
  runId: string,
  filter: ItemFilter,
  page: ItemPageRequest,
): Promise<{ readonly rows: readonly StoredItem[]; readonly nextLine?: number | undefined }> {
  const limit = checkedLimit(page.limit);
  const { state, group, toLine } = filter;
  const source = sourceOf(db, engine, filter);
  const found = await source
    .selectAll()
    .where('row.run_id', '=', runId)
    .where('row.line_number', '>', page.afterLine ?? 0)
    .$if(state !== undefined, (query) => query.where('row.state', '=', state ?? ''))
    .$if(group !== undefined, (query) => query.where('row.fingerprint', '=', group ?? ''))
    .$if(toLine !== undefined, (query) => query.where('row.line_number', '<=', toLine ?? 0))
    .orderBy('row.line_number')
    .$call(engine.first(limit + 1))
    .execute();
  const rows = found.slice(0, limit).map(toStoredItem);
  return found.length > limit ? { rows, nextLine: rows.at(-1)?.lineNumber } : { rows };
}

function sourceOf(db: Kysely<Schema>, engine: Engine, { state, group }: ItemFilter) {
  if (group !== undefined) return itemsFailed(db, engine);
  return state === undefined || state === 'succeeded' ? itemsOfRun(db) : itemsNotSucceeded(db, engine);
}

/** By their failure groups. The index is filtered, and used only when the query repeats its filter. */
export function itemsFailed(db: Kysely<Schema>, engine: Engine) {
  return db
    .selectFrom(engine.byIndex('batch_items', 'ix_batch_items_group'))
    .where('row.state', '=', sql.lit('failed'));
}

export async function findItem(
  db: Kysely<Schema>,
  runId: string,
  lineNumber: number,
): Promise<StoredItem | null> {
  const row = await db
    .selectFrom('batch_items')
    .selectAll()
    .where('run_id', '=', runId)
    .where('line_number', '=', lineNumber)
    .executeTakeFirst();
  return row ? toStoredItem(row) : null;
}

export async function chunkOf(
  db: Kysely<Schema>,
  engine: Engine,
  runId: string,
  lineNumber: number,
): Promise<BatchChunk | null> {
  const [row] = await db
    .selectFrom('batch_chunks')
    .selectAll()
    .where('run_id', '=', runId)
    .where('first_line', '<=', lineNumber)
    .orderBy('first_line', 'desc')
    .$call(engine.first(1))
    .execute();
  const chunk = row ? toBatchChunk(row) : null;
  return chunk && lineNumber < chunk.firstLine + chunk.lineCount ? chunk : null;
}

function itemsOfRun(db: Kysely<Schema>) {
  return db.selectFrom('batch_items as row');
}

/** Mostly few of many. Their index is filtered, and used only when the query repeats its filter. */
function itemsNotSucceeded(db: Kysely<Schema>, engine: Engine) {
  return db
    .selectFrom(engine.byIndex('batch_items', 'ix_batch_items_state'))
    .where('row.state', '<>', sql.lit('succeeded'));
}

export async function meanItemDurationMs(
  db: Kysely<Schema>,
  engine: Engine,
  appId: string,
  functionName: string,
): Promise<number | null> {
  const newestRuns = await db
    .selectFrom('batch_runs')
    .select('id')
    .where('app_id', '=', appId)
    .where('function_name', '=', functionName)
    .where('started_at', 'is not', null)
    .orderBy('id', 'desc')
    .$call(engine.first(HISTORY_RUNS))
    .execute();
  if (newestRuns.length === 0) return null;
  const ids = newestRuns.map((run) => run.id);
  const chunks = await db
    .selectFrom('batch_chunks')
    .select(['items_succeeded', 'items_failed', 'items_cancelled', 'item_duration_ms'])
    .where('run_id', 'in', ids)
    .where('state', '=', 'done')
    .orderBy('id', 'desc')
    .$call(engine.first(HISTORY_CHUNKS))
    .execute();
  let items = 0;
  let durationMs = 0;
  for (const chunk of chunks) {
    items += asNumber(chunk.items_succeeded) + asNumber(chunk.items_failed);
    durationMs += asNumber(chunk.item_duration_ms);
  }
  return items === 0 ? null : durationMs / items;
}
