import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { BatchRun, RunCause, RunState, WaitReason } from '../../domain/batch.js';
import type { Failure } from '../../domain/invocation.js';
import type { NewBatchRun } from '../batch-store.js';
import {
  type DayRun,
  type OpenRunFacts,
  type PlannedRun,
  RunScheduleStore,
  type WindowOutcome,
} from '../run-schedule-store.js';
import { toBatchRun, type BatchRunRow } from './batch-rows.js';
import { countOpenChunks, earlierRunId, getRun, insertRun, progressOf, QUEUED, runs } from './batch-runs.js';
import type { BatchVersionTable } from './batch-schema.js';
import type { Database } from './database.js';
import { checkedLimit, inSlices } from './paging.js';
import type { Schema } from './schema.js';
import { asDateOrNull, fromJson, toJson } from './values.js';

const HAS_NOT_BEGUN: readonly RunState[] = ['scheduled', 'waiting'];

/** Runs before their beginning, at their window's end and after their end, over Kysely. */
export class KyselyRunScheduleStore extends RunScheduleStore {
  constructor(private readonly database: Database) {
    super();
  }

  async listScheduled(now: Date, limit: number, afterId = ''): Promise<readonly PlannedRun[]> {
    const rows = await this.database.read((db) =>
      planned(db)
        .where('run.state', '=', 'scheduled' satisfies RunState)
        .where((eb) => eb.or([eb('run.not_before', 'is', null), eb('run.not_before', '<=', now)]))
        .$if(afterId !== '', (query) => query.where('run.id', '>', afterId))
        .orderBy('run.id')
        .$call(this.database.engine.first(checkedLimit(limit)))
        .execute(),
    );
    return rows.map(toPlannedRun);
  }

  async openRunsOf(batchIds: readonly string[]): Promise<readonly OpenRunFacts[]> {
    const open: OpenRunFacts[] = [];
    for (const ids of inSlices(batchIds)) {
      const rows = await this.database.read((db) =>
        db
          .selectFrom('batch_runs')
          .select(['id', 'batch_id', 'state', 'cause', 'not_before'])
          .where('batch_id', 'in', ids)
          .where('ended_at', 'is', null)
          .orderBy('id')
          .execute(),
      );
      for (const row of rows)
        open.push({
          id: row.id,
          batchId: row.batch_id,
          state: row.state as RunState,
          cause: row.cause as RunCause,
          notBefore: asDateOrNull(row.not_before),
        });
    }
    return open;
  }

  runsOfDay(appName: string, batchName: string, businessDate: string): Promise<readonly DayRun[]> {
    return this.database.read(async (db) => {
      const batch = await db
        .selectFrom('batches as batch')
        .innerJoin('function_apps as app', 'app.id', 'batch.app_id')
        .select('batch.id')
        .where('app.name', '=', appName)
        .where('batch.name', '=', batchName)
        .executeTakeFirst();
      if (!batch) return [];
      const rows = await db
        .selectFrom('batch_runs')
        .select(['id', 'state', 'cause', 'ended_at', 'parent_run_id'])
        .where('batch_id', '=', batch.id)
        .where('business_date', '=', businessDate)
        // The filter of the index, which is used only when the query repeats it.
        .where('business_date', 'is not', null)
        .orderBy('id')
        .execute();
      return Promise.all(
        rows.map(async (row) => ({
          id: row.id,
          state: row.state as RunState,
          cause: row.cause as RunCause,
          endedAt: asDateOrNull(row.ended_at),
          parentRunId: row.parent_run_id,
          itemsFailed: row.state === 'carriedOver' ? await failedOf(db, row.id) : 0,
        })),
      );
    });
  }

  async begin(runId: string): Promise<boolean> {
    const begun = await this.database.read((db) =>
      this.database.engine.changed(
        scheduled(db, runId).set({ state: 'waiting' satisfies RunState, wait_reason: null }),
        ['id'],
      ),
    );
    return begun.length > 0;
  }

  async explain(runId: string, reason: WaitReason): Promise<void> {
    await this.database.read((db) =>
      scheduled(db, runId)
        .set({ wait_reason: JSON.stringify(reason) })
        .execute(),
    );
  }

  async endScheduled(runId: string, state: RunState, failure: Failure): Promise<boolean> {
    const { engine } = this.database;
    const ended = await this.database.read((db) =>
      engine.changed(
        scheduled(db, runId).set({
          state,
          failure: JSON.stringify(failure),
          wait_reason: null,
          ended_at: engine.now(),
        }),
        ['id'],
      ),
    );
    return ended.length > 0;
  }

  createAll(newRuns: readonly NewBatchRun[]): Promise<readonly BatchRun[]> {
    return this.database.write(async (transaction) => {
      const written: BatchRun[] = [];
      for (const run of newRuns) {
        const earlierId = await earlierRunId(transaction, run);
        if (earlierId === null) await insertRun(transaction, this.database.engine, run);
        written.push(await getRun(transaction, earlierId ?? run.id));
      }
      return written;
    });
  }

  async listEnding(until: Date, limit: number, afterId = ''): Promise<readonly PlannedRun[]> {
    const rows = await this.database.read((db) =>
      planned(db)
        .where('run.ended_at', 'is', null)
        .where('run.window_ends_at', '<=', until)
        .where('run.state', '<>', 'cancelling' satisfies RunState)
        .$if(afterId !== '', (query) => query.where('run.id', '>', afterId))
        .orderBy('run.id')
        .$call(this.database.engine.first(checkedLimit(limit)))
        .execute(),
    );
    return rows.map(toPlannedRun);
  }

  drain(runId: string): Promise<readonly string[] | null> {
    return this.database.write(async (transaction) => {
      const drained = await this.database.engine.changed(
        transaction
          .updateTable('batch_runs')
          .set({ state: 'draining' satisfies RunState })
          .where('id', '=', runId)
          .where('state', 'in', ['waiting', 'running'] satisfies RunState[]),
        ['id'],
      );
      return drained.length === 0 ? null : this.endChunks(transaction, runId, 'unclaimed');
    });
  }

  closeChunks(runId: string): Promise<readonly string[]> {
    return this.database.write(async (transaction) =>
      (await this.lock(transaction, runId, ['draining'])) ? this.endChunks(transaction, runId, 'all') : [],
    );
  }

  endWindow(runId: string, { state, failure, next }: WindowOutcome): Promise<boolean> {
    const { engine } = this.database;
    return this.database.write(async (transaction) => {
      if (!(await this.lock(transaction, runId, ['draining', ...HAS_NOT_BEGUN]))) return false;
      if ((await countOpenChunks(transaction, runId)) > 0) return false;
      if (next) await insertRun(transaction, engine, next);
      await transaction
        .updateTable('batch_runs')
        .set({
          state,
          failure: toJson(failure),
          wait_reason: null,
          ended_at: engine.now(),
        })
        .where('id', '=', runId)
        .execute();
      return true;
    });
  }

  async listUnseenEnds(limit: number): Promise<readonly BatchRun[]> {
    const rows = await this.database.read((db) =>
      runs(db)
        .where('run.end_seen_at', 'is', null)
        .where('run.ended_at', 'is not', null)
        .orderBy('run.ended_at')
        .orderBy('run.id')
        .$call(this.database.engine.first(checkedLimit(limit)))
        .execute(),
    );
    return rows.map(toBatchRun);
  }

  async markSeen(runIds: readonly string[]): Promise<void> {
    for (const ids of inSlices(runIds))
      await this.database.read((db) =>
        db
          .updateTable('batch_runs')
          .set({ end_seen_at: this.database.engine.now() })
          .where('id', 'in', ids)
          .execute(),
      );
  }

  /** Changes nothing: `openChunk`, `cancelRun` and others that change the run wait until this transaction ends. */
  private async lock(
    transaction: Transaction<Schema>,
    runId: string,
    states: readonly RunState[],
  ): Promise<boolean> {
    const locked = await this.database.engine.changed(
      transaction
        .updateTable('batch_runs')
        .set({ cursor_line: sql<number>`${sql.ref('cursor_line')}` })
        .where('id', '=', runId)
        .where('state', 'in', states),
      ['id'],
    );
    return locked.length > 0;
  }

  private async endChunks(
    transaction: Transaction<Schema>,
    runId: string,
    which: 'all' | 'unclaimed',
  ): Promise<readonly string[]> {
    const ended = await this.database.engine.changed(
      transaction
        .updateTable('batch_chunks')
        .set({ state: 'cancelled' })
        .where('run_id', '=', runId)
        .where('state', '=', QUEUED)
        .$if(which === 'unclaimed', (query) => query.where('claimed_at', 'is', null)),
      ['id'],
    );
    return ended.map(({ id }) => id);
  }
}

type PlannedRow = BatchRunRow & { readonly content: Selectable<BatchVersionTable>['content'] | null };

function planned(db: Kysely<Schema>) {
  return runs(db)
    .leftJoin('batch_versions as version', (join) =>
      join.onRef('version.batch_id', '=', 'run.batch_id').onRef('version.version', '=', 'run.batch_version'),
    )
    .select('version.content');
}

function toPlannedRun({ content, ...row }: PlannedRow): PlannedRun {
  return { run: toBatchRun(row), definition: content === null ? null : fromJson(content) };
}

function scheduled(db: Kysely<Schema>, runId: string) {
  return db
    .updateTable('batch_runs')
    .where('id', '=', runId)
    .where('state', '=', 'scheduled' satisfies RunState);
}

async function failedOf(db: Kysely<Schema>, runId: string): Promise<number> {
  const { itemsFailed, itemsCancelled } = await progressOf(db, runId);
  return itemsFailed + itemsCancelled;
}
