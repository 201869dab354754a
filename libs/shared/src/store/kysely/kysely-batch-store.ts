import { type RawBuilder, sql, type Transaction } from 'kysely';
import type {
  BatchChunk,
  BatchRun,
  ChunkCursor,
  ChunkProgress,
  ItemOutcome,
  RunProgress,
  StoredItem,
  WaitReason,
} from '../../domain/batch.js';
import type { Failure } from '../../domain/invocation.js';
import {
  BatchStore,
  type ItemFilter,
  type ItemPageRequest,
  type NewBatchChunk,
  type NewBatchRun,
  type OpenWork,
  type RunFilter,
  type UnfinishedChunk,
} from '../batch-store.js';
import type { Page, PageRequest } from '../page.js';
import { checkIdempotencyKey } from './acceptance.js';
import { toBatchRun } from './batch-rows.js';
import {
  countOpenChunks,
  dueEndOf,
  earlierRunId,
  findRun,
  getRun,
  insertRun,
  newestEndedRun,
  progressOf,
  runs,
} from './batch-runs.js';
import { ChunkLife } from './chunk-life.js';
import { listOpenWork, openChunkIds } from './open-work.js';
import type { Database } from './database.js';
import { chunkOf, findItem, finishedLines, listItems, meanItemDurationMs } from './item-reading.js';
import { checkedLimit, inSlices } from './paging.js';
import { recordProgressWithin } from './progress-recording.js';
import { listRuns } from './run-listing.js';
import type { Schema } from './schema.js';
import { toJson } from './values.js';

/** Batches, over Kysely. */
export class KyselyBatchStore extends BatchStore {
  private readonly chunks: ChunkLife;

  constructor(private readonly database: Database) {
    super();
    this.chunks = new ChunkLife(database);
  }

  async createRun(run: NewBatchRun): Promise<{ readonly run: BatchRun; readonly isNew: boolean }> {
    checkIdempotencyKey(run.idempotencyKey);
    return this.database.write(async (transaction) => {
      const earlierId = await earlierRunId(transaction, run);
      if (earlierId !== null) return { run: await getRun(transaction, earlierId), isNew: false };
      await insertRun(transaction, this.database.engine, run);
      return { run: await getRun(transaction, run.id), isNew: true };
    });
  }

  findRun(id: string): Promise<BatchRun | null> {
    return this.database.read((db) => findRun(db, id));
  }

  listRuns(page: PageRequest, filter: RunFilter = {}): Promise<Page<BatchRun>> {
    return this.database.read((db) => listRuns(db, this.database.engine, page, filter));
  }

  async listOpenRuns(): Promise<readonly BatchRun[]> {
    const rows = await this.database.read((db) =>
      runs(db).where('run.ended_at', 'is', null).orderBy('run.id').execute(),
    );
    return rows.map(toBatchRun);
  }

  progress(runId: string): Promise<RunProgress> {
    return this.database.read((db) => progressOf(db, runId));
  }

  openChunk(runId: string, expected: ChunkCursor, chunk: NewBatchChunk, next: ChunkCursor): Promise<boolean> {
    return this.chunks.open(runId, expected, chunk, next);
  }

  countOpenChunks(runId: string): Promise<number> {
    return this.database.read((db) => countOpenChunks(db, runId));
  }

  listOpenWork(): Promise<readonly OpenWork[]> {
    return this.database.read((db) => listOpenWork(db, this.database.engine));
  }

  openChunkIds(runId: string): Promise<readonly string[]> {
    return this.database.read((db) => openChunkIds(db, runId));
  }

  async noteWaiting(runId: string, reason: WaitReason | null): Promise<void> {
    await this.database.write((transaction) =>
      transaction
        .updateTable('batch_runs')
        .set({ wait_reason: toJson(reason ?? undefined) })
        .where('id', '=', runId)
        .where('ended_at', 'is', null)
        .execute(),
    );
  }

  claimChunk(chunkId: string, fence: number, machineId: string): Promise<boolean> {
    return this.chunks.claim(chunkId, fence, machineId);
  }

  finishedLines(runId: string, firstLine: number, lineCount: number): Promise<ReadonlySet<number>> {
    return this.database.read((db) => finishedLines(db, runId, firstLine, lineCount));
  }

  async recordProgress(
    progress: readonly ChunkProgress[],
  ): Promise<{ readonly refusedChunkIds: readonly string[] }> {
    if (progress.length === 0) return { refusedChunkIds: [] };
    const refused = await this.database.write((transaction) =>
      recordProgressWithin(this.database, transaction, progress),
    );
    return { refusedChunkIds: [...refused] };
  }

  async listStaleChunks(silentForSeconds: number, limit: number): Promise<readonly UnfinishedChunk[]> {
    return this.chunks.listStale(silentForSeconds, checkedLimit(limit));
  }

  redispatchChunk(chunkId: string, expectedDispatchCount: number): Promise<boolean> {
    return this.chunks.redispatch(chunkId, expectedDispatchCount);
  }

  abandonChunk(chunkId: string, items: readonly ItemOutcome[]): Promise<boolean> {
    return this.chunks.abandon(chunkId, items);
  }

  async endRunIfDue(runId: string): Promise<BatchRun> {
    // Mostly it is not due: found out without a lock.
    const seen = await this.database.read(async (db) => {
      const run = await getRun(db, runId);
      return { run, due: await dueEndOf(db, run) };
    });
    if (seen.due === null) return seen.run;
    return this.database.write((transaction) => this.endRun(transaction, runId));
  }

  cancelRun(runId: string): Promise<boolean> {
    return this.database.write((transaction) => this.cancelWithin(transaction, runId, {}));
  }

  stopRun(runId: string, failure: Failure): Promise<boolean> {
    return this.database.write((transaction) =>
      this.cancelWithin(transaction, runId, { failure: JSON.stringify(failure) }, [
        'waiting',
        'running',
        'draining',
      ]),
    );
  }

  terminateRun(runId: string): Promise<boolean> {
    const { engine } = this.database;
    return this.database.write((transaction) =>
      this.cancelWithin(transaction, runId, { terminated_at: engine.now() }),
    );
  }

  async terminatedRuns(runIds: readonly string[]): Promise<readonly string[]> {
    const terminated: string[] = [];
    for (const ids of inSlices(runIds)) {
      const rows = await this.database.read((db) =>
        db
          .selectFrom('batch_runs')
          .select('id')
          .where('id', 'in', ids)
          .where('terminated_at', 'is not', null)
          .execute(),
      );
      terminated.push(...rows.map((row) => row.id));
    }
    return terminated;
  }

  failRun(runId: string, failure: Failure): Promise<boolean> {
    const { engine } = this.database;
    return this.database.write(async (transaction) => {
      const failed = await engine.changed(
        transaction
          .updateTable('batch_runs')
          .set({
            state: 'failed' satisfies BatchRun['state'],
            failure: JSON.stringify(failure),
            ended_at: engine.now(),
          })
          .where('id', '=', runId)
          .where('ended_at', 'is', null),
        ['id'],
      );
      if (failed.length === 0) return false;
      await this.chunks.cancelOpen(transaction, runId, 'all');
      return true;
    });
  }

  async listItems(
    runId: string,
    filter: ItemFilter,
    page: ItemPageRequest,
  ): Promise<{ readonly rows: readonly StoredItem[]; readonly nextLine?: number | undefined }> {
    return this.database.read((db) => listItems(db, this.database.engine, runId, filter, page));
  }

  findItem(runId: string, lineNumber: number): Promise<StoredItem | null> {
    return this.database.read((db) => findItem(db, runId, lineNumber));
  }

  chunkOf(runId: string, lineNumber: number): Promise<BatchChunk | null> {
    return this.database.read((db) => chunkOf(db, this.database.engine, runId, lineNumber));
  }

  newestEndedRun(appId: string, batchName: string): Promise<BatchRun | null> {
    return this.database.read((db) => newestEndedRun(db, this.database.engine, appId, batchName));
  }

  meanItemDurationMs(appId: string, functionName: string): Promise<number | null> {
    return this.database.read((db) => meanItemDurationMs(db, this.database.engine, appId, functionName));
  }

  private async cancelWithin(
    transaction: Transaction<Schema>,
    runId: string,
    more: { failure?: string; terminated_at?: RawBuilder<Date> },
    from?: readonly BatchRun['state'][],
  ): Promise<boolean> {
    const cancelled = await this.database.engine.changed(
      transaction
        .updateTable('batch_runs')
        .set({ state: 'cancelling' satisfies BatchRun['state'], ...more })
        .where('id', '=', runId)
        .where('ended_at', 'is', null)
        .$if(from !== undefined, (query) => query.where('state', 'in', from ?? [])),
      ['id'],
    );
    if (cancelled.length === 0) return false;
    await this.chunks.cancelOpen(transaction, runId, 'unclaimed');
    return true;
  }

  /** Decides again under the run's lock: `openChunk` and `cancelRun` change the run's row first, so they wait for it. */
  private async endRun(transaction: Transaction<Schema>, runId: string): Promise<BatchRun> {
    const { engine } = this.database;
    const locked = transaction
      .updateTable('batch_runs')
      .set({ cursor_line: sql<number>`${sql.ref('cursor_line')}` });
    await engine.changed(locked.where('id', '=', runId), ['id']);
    const run = await getRun(transaction, runId);
    const state = await dueEndOf(transaction, run);
    if (state === null) return run;
    await transaction
      .updateTable('batch_runs')
      .set({
        state,
        ended_at: engine.now(),
        // An empty input never had a first chunk.
        started_at: sql<Date>`coalesce(${sql.ref('started_at')}, ${engine.now()})`,
      })
      .where('id', '=', runId)
      .execute();
    return getRun(transaction, runId);
  }
}
