import { type Kysely, sql, type Transaction } from 'kysely';
import type { BatchRun, RunProgress } from '../../domain/batch.js';
import { NotFoundError } from '../../domain/errors.js';
import { newId } from '../../domain/ids.js';
import type { NewBatchRun } from '../batch-store.js';
import { type BatchRunRow, toBatchRun } from './batch-rows.js';
import type { Engine } from './engine.js';
import { dueEnd } from './run-end.js';
import type { Schema } from './schema.js';
import { asNumber, toJson } from './values.js';

/** A literal, not a parameter: only so is a filtered index used. */
export const QUEUED = sql.lit('queued');

/** A batch that has only runs. */
const NOT_DEFINED = {
  current_version: null,
  calendar: null,
  active_since: null,
  next_due_at: null,
  paused_at: null,
  paused_by: null,
  pause_note: null,
  removed_at: null,
};

/** Runs with the names of their batch and app. Not those that are being removed: they are gone for everybody. */
export function runs(db: Kysely<Schema>) {
  return db
    .selectFrom('batch_runs as run')
    .innerJoin('batches as batch', 'batch.id', 'run.batch_id')
    .innerJoin('function_apps as app', 'app.id', 'run.app_id')
    .where('run.removing_at', 'is', null)
    .selectAll('run')
    .select(['batch.name as batch_name', 'app.name as app_name']);
}

export async function findRun(db: Kysely<Schema>, id: string): Promise<BatchRun | null> {
  const row: BatchRunRow | undefined = await runs(db).where('run.id', '=', id).executeTakeFirst();
  return row ? toBatchRun(row) : null;
}

/** Throws `NotFoundError`. */
export async function getRun(db: Kysely<Schema>, id: string): Promise<BatchRun> {
  const run = await findRun(db, id);
  if (!run) throw new NotFoundError('batch run', id);
  return run;
}

/** The run that has this id or this idempotency key already. */
export async function earlierRunId(
  transaction: Transaction<Schema>,
  run: NewBatchRun,
): Promise<string | null> {
  const ids = transaction.selectFrom('batch_runs').select('id');
  const sameId = await ids.where('id', '=', run.id).executeTakeFirst();
  if (sameId || run.idempotencyKey === undefined) return sameId?.id ?? null;
  const sameKey = await ids
    .where('app_id', '=', run.appId)
    .where('idempotency_key', '=', run.idempotencyKey)
    // The filter of the key's index, which is used only when the query repeats it.
    .where('idempotency_key', 'is not', null)
    .executeTakeFirst();
  return sameKey?.id ?? null;
}

export async function newestEndedRun(
  db: Kysely<Schema>,
  engine: Engine,
  appId: string,
  batchName: string,
): Promise<BatchRun | null> {
  const [row] = await runs(db)
    .where('batch.app_id', '=', appId)
    .where('batch.name', '=', batchName)
    .where('run.ended_at', 'is not', null)
    // It goes on, as another run.
    .where('run.state', '<>', 'carriedOver')
    // Those go over some of an earlier run's items again.
    .where('run.cause', 'not in', ['replay', 'rerun'])
    .orderBy('run.id', 'desc')
    .$call(engine.first(1))
    .execute();
  return row ? toBatchRun(row) : null;
}

export async function insertRun(
  transaction: Transaction<Schema>,
  engine: Engine,
  run: NewBatchRun,
): Promise<void> {
  await insertRuns(transaction, engine, [
    { run, batchId: await findOrCreateBatch(transaction, engine, run) },
  ]);
}

/** A row has some 35 columns, and SQL Server takes 2,100 parameters a statement. */
const RUNS_AN_INSERT = 50;

/** Inserts runs of batches that are there. */
export async function insertRuns(
  transaction: Transaction<Schema>,
  engine: Engine,
  runs: readonly { readonly run: NewBatchRun; readonly batchId: string }[],
): Promise<void> {
  for (let from = 0; from < runs.length; from += RUNS_AN_INSERT) {
    const rows = runs.slice(from, from + RUNS_AN_INSERT).map(({ run, batchId }) => ({
      ...rowOf(run, batchId),
      created_at: engine.now(),
    }));
    await transaction.insertInto('batch_runs').values(rows).execute();
  }
}

function rowOf(run: NewBatchRun, batchId: string) {
  return {
    id: run.id,
    batch_id: batchId,
    app_id: run.appId,
    app_version_id: run.appVersionId,
    function_name: run.functionName,
    state: run.state ?? 'waiting',
    input_digest: run.inputDigest,
    input_size_bytes: run.inputSizeBytes,
    items_total: run.itemsTotal,
    cursor_byte: 0,
    cursor_line: 1,
    failure: null,
    idempotency_key: run.idempotencyKey ?? null,
    started_at: null,
    ended_at: null,
    terminated_at: null,
    ...definitionColumns(run),
  };
}

function definitionColumns(run: NewBatchRun) {
  return {
    batch_version: run.batchVersion ?? null,
    cause: run.cause ?? 'request',
    planned_at: run.plannedAt ?? null,
    business_date: run.businessDate ?? null,
    window_ends_at: run.windowEndsAt ?? null,
    deadline_at: run.deadlineAt ?? null,
    priority: run.priority ?? 0,
    pool: run.pool ?? null,
    parent_run_id: run.parentRunId ?? null,
    settings: toJson(run.settings),
    wait_reason: toJson(run.waitReason),
    input_state: run.inputState ?? 'ready',
    not_before: run.notBefore ?? null,
    input_lease_until: null,
    input_attempt: null,
    removing_at: null,
    told_at: null,
    end_seen_at: null,
    item_trigger: run.itemTrigger ?? 'message',
  };
}

/** The id of the batch of this name, which is made if there is none. */
export async function findOrCreateBatch(
  transaction: Transaction<Schema>,
  engine: Engine,
  { appId, name }: Pick<NewBatchRun, 'appId' | 'name'>,
): Promise<string> {
  const existing = await transaction
    .selectFrom('batches')
    .select('id')
    .where('app_id', '=', appId)
    .where('name', '=', name)
    .executeTakeFirst();
  if (existing) return existing.id;
  const id = newId();
  await transaction
    .insertInto('batches')
    .values({ id, app_id: appId, name, created_at: engine.now(), ...NOT_DEFINED })
    .execute();
  return id;
}

/** `chunksDone` are those of whose items each has an outcome. */
export async function progressOf(db: Kysely<Schema>, runId: string): Promise<RunProgress> {
  const row = await db
    .selectFrom('batch_chunks')
    .select((eb) => [
      eb.fn.sum('items_succeeded').as('succeeded'),
      eb.fn.sum('items_failed').as('failed'),
      eb.fn.sum('items_cancelled').as('cancelled'),
      eb.fn.sum('item_duration_ms').as('duration_ms'),
      eb.fn.countAll().as('chunks'),
      eb.fn.sum(eb.case().when('state', 'in', ['done', 'abandoned']).then(1).else(0).end()).as('done'),
    ])
    .where('run_id', '=', runId)
    .executeTakeFirst();
  return {
    itemsSucceeded: asNumber(row?.succeeded),
    itemsFailed: asNumber(row?.failed),
    itemsCancelled: asNumber(row?.cancelled),
    chunksTotal: asNumber(row?.chunks),
    chunksDone: asNumber(row?.done),
    itemDurationMsTotal: asNumber(row?.duration_ms),
  };
}

export async function countOpenChunks(db: Kysely<Schema>, runId: string): Promise<number> {
  const row = await db
    .selectFrom('batch_chunks')
    .select((eb) => eb.fn.countAll().as('open'))
    .where('run_id', '=', runId)
    .where('state', '=', QUEUED)
    .executeTakeFirst();
  return asNumber(row?.open);
}

/** How this run would end if it ended now; null when it goes on or has ended. */
export async function dueEndOf(db: Kysely<Schema>, run: BatchRun): Promise<BatchRun['state'] | null> {
  if (run.endedAt !== null) return null;
  const openChunks = await countOpenChunks(db, run.id);
  if (openChunks > 0) return null;
  const { itemsSucceeded } = await progressOf(db, run.id);
  return dueEnd({
    state: run.state,
    inputState: run.inputState,
    hasFailure: run.failure !== undefined,
    inputSizeBytes: run.inputSizeBytes,
    cursorByte: run.cursor.byteOffset,
    openChunks,
    itemsTotal: run.itemsTotal,
    itemsSucceeded,
  });
}
