import { type Kysely, sql, type Transaction } from 'kysely';
import type { BatchRun, RunState } from '../../domain/batch.js';
import type { BatchEvent, BatchEventKind } from '../../domain/failure-group.js';
import { newId } from '../../domain/ids.js';
import { type EarlierEnd, FAILED_STATES } from '../../domain/notifications/due-notifications.js';
import { type NotificationState, targetKey } from '../../domain/notifications/notification.js';
import type { NewNotification, Telling, Untold } from '../notification-store.js';
import { findRun, progressOf } from './batch-runs.js';
import type { Database } from './database.js';
import type { Engine } from './engine.js';
import type { Schema } from './schema.js';
import { asDate, fromJsonOrUndefined } from './values.js';

/** Nobody wants to hear of the n-th failure for a larger n. */
const MOST_FAILURES = 1000;
/** A statement of SQL Server has 2,100 parameters. */
const ROWS_AT_ONCE = 100;

const LATE: BatchEventKind = 'late';

export async function recordPassedDeadlines(database: Database, limit: number): Promise<number> {
  const { engine } = database;
  return database.write(async (transaction) => {
    const late = await transaction
      .selectFrom('batch_runs as run')
      .select(['run.id', 'run.deadline_at'])
      .where('run.ended_at', 'is', null)
      .where('run.deadline_at', '<=', engine.now())
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('batch_events as event')
              .select(sql.lit(1).as('one'))
              .whereRef('event.run_id', '=', 'run.id')
              .where('event.kind', '=', LATE),
          ),
        ),
      )
      .orderBy('run.id')
      .$call(engine.first(limit))
      .execute();
    for (const run of late) {
      const details = JSON.stringify({ reason: 'the deadline has passed and the run has not ended' });
      const event = { id: newId(), run_id: run.id, kind: LATE, occurrence: '', details, told_at: null };
      await transaction
        .insertInto('batch_events')
        .values({ ...event, happened_at: engine.now() })
        .execute();
    }
    return late.length;
  });
}

export async function listUntold(database: Database, limit: number): Promise<readonly Untold[]> {
  const { engine } = database;
  return database.read(async (db) => {
    const events = await db
      .selectFrom('batch_events')
      .select(['id', 'run_id'])
      .where('told_at', 'is', null)
      .orderBy('id')
      .$call(engine.first(limit))
      .execute();
    const runs = await untoldEnds(db)
      .select('id')
      .orderBy('ended_at')
      .orderBy('id')
      .$call(engine.first(limit))
      .execute();
    return [
      ...events.map((row) => ({ kind: 'event' as const, runId: row.run_id, eventId: row.id })),
      ...runs.map(({ id }) => ({ kind: 'ended' as const, runId: id })),
    ];
  });
}

export async function tell(
  transaction: Transaction<Schema>,
  engine: Engine,
  untold: Untold,
  telling: Telling,
  giveUpSeconds: number,
): Promise<number | null> {
  const run = await findRun(transaction, untold.runId);
  const wanted = run !== null && telling.wants(run);
  if (wanted && untold.kind === 'ended' && (await hasEarlierUntold(transaction, run))) return null;
  if (!(await mark(transaction, engine, untold)) || !run) return null;
  if (!wanted) return 0;
  const facts = {
    run,
    progress: await progressOf(transaction, run.id),
    event: untold.kind === 'event' ? await eventOf(transaction, untold.eventId) : null,
    failedBefore: untold.kind === 'ended' ? await failedBefore(transaction, engine, run) : [],
  };
  return insertNew(transaction, engine, run.id, telling.due(facts), giveUpSeconds);
}

function untoldEnds(db: Kysely<Schema>) {
  return db
    .selectFrom('batch_runs')
    .where('told_at', 'is', null)
    .where('ended_at', 'is not', null)
    .where('removing_at', 'is', null);
}

async function hasEarlierUntold(transaction: Transaction<Schema>, run: BatchRun): Promise<boolean> {
  if (run.endedAt === null) return true;
  const earlier = await untoldEnds(transaction)
    .select('id')
    .where('batch_id', '=', run.batchId)
    .where(endedBefore(run.endedAt, run.id))
    .executeTakeFirst();
  return earlier !== undefined;
}

/** Ends of the same millisecond are in the order of their ids. */
function endedBefore(endedAt: Date, id: string) {
  const [at, key] = [sql.ref('ended_at'), sql.ref('id')];
  return sql<boolean>`(${at} < ${endedAt} or (${at} = ${endedAt} and ${key} < ${id}))`;
}

async function mark(transaction: Transaction<Schema>, engine: Engine, untold: Untold): Promise<boolean> {
  const changed =
    untold.kind === 'ended'
      ? await engine.changed(
          transaction
            .updateTable('batch_runs')
            .set({ told_at: engine.now() })
            .where('id', '=', untold.runId)
            .where('told_at', 'is', null),
          ['id'],
        )
      : await engine.changed(
          transaction
            .updateTable('batch_events')
            .set({ told_at: engine.now() })
            .where('id', '=', untold.eventId)
            .where('told_at', 'is', null),
          ['id'],
        );
  return changed.length > 0;
}

async function eventOf(transaction: Transaction<Schema>, id: string): Promise<BatchEvent> {
  const row = await transaction
    .selectFrom('batch_events')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return {
    id,
    runId: row.run_id,
    kind: row.kind as BatchEventKind,
    details: fromJsonOrUndefined(row.details) ?? {},
    happenedAt: asDate(row.happened_at),
  };
}

/** Back to the last success, the newest first. */
async function failedBefore(
  transaction: Transaction<Schema>,
  engine: Engine,
  run: BatchRun,
): Promise<readonly EarlierEnd[]> {
  if (run.endedAt === null) return [];
  const before = transaction
    .selectFrom('batch_runs')
    .where('batch_id', '=', run.batchId)
    .where('ended_at', 'is not', null)
    .where('cause', '<>', 'replay' satisfies BatchRun['cause'])
    .where(endedBefore(run.endedAt, run.id))
    .orderBy('ended_at', 'desc')
    .orderBy('id', 'desc');
  const [success] = await before
    .select('ended_at')
    .where('state', '=', 'succeeded' satisfies RunState)
    .$call(engine.first(1))
    .execute();
  const since = success?.ended_at == null ? new Date(0) : asDate(success.ended_at);
  const rows = await before
    .select((eb) => [
      'state',
      eb
        .case()
        .when(
          eb.exists(
            eb
              .selectFrom('notifications')
              .select(sql.lit(1).as('one'))
              .whereRef('notifications.run_id', '=', 'batch_runs.id')
              .where('notifications.event', '=', 'failed'),
          ),
        )
        .then(1)
        .else(0)
        .end()
        .as('alerted'),
    ])
    .where('ended_at', '>=', since)
    .where('state', 'in', FAILED_STATES)
    .$call(engine.first(MOST_FAILURES))
    .execute();
  return rows.map((row) => ({ state: row.state as RunState, alerted: row.alerted === 1 }));
}

/** What was said already (a run is late once) is left out. */
async function insertNew(
  transaction: Transaction<Schema>,
  engine: Engine,
  runId: string,
  all: readonly NewNotification[],
  giveUpSeconds: number,
): Promise<number> {
  if (all.length === 0) return 0;
  const said = await transaction
    .selectFrom('notifications')
    .select(['event', 'target_key'])
    .where('run_id', '=', runId)
    .execute();
  const known = new Set(said.map((row) => `${row.event} ${row.target_key}`));
  const rows = all
    .map(({ id, event, target, content }) => ({
      id,
      run_id: runId,
      event,
      target_key: targetKey(target),
      target: JSON.stringify(target),
      content: JSON.stringify(content),
      state: 'waiting' satisfies NotificationState,
      attempts: 0,
      created_at: engine.now(),
      next_try_at: engine.now(),
      give_up_at: engine.secondsAgo(-giveUpSeconds),
      ended_at: null,
      last_error: null,
    }))
    .filter((row) => !known.has(`${row.event} ${row.target_key}`));
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    await transaction
      .insertInto('notifications')
      .values(rows.slice(from, from + ROWS_AT_ONCE))
      .execute();
  return rows.length;
}
