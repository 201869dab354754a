import { type ExpressionBuilder, sql, type Transaction } from 'kysely';
import type { BatchRun, ChunkCursor, ChunkState, ItemOutcome, RunState } from '../../domain/batch.js';
import type { NewBatchChunk, UnfinishedChunk } from '../batch-store.js';
import { ITEMS, ItemRows, toBatchChunk, toBatchRun } from './batch-rows.js';
import { QUEUED, runs } from './batch-runs.js';
import { checkKey, KeyIsFullError } from './chunk-keys.js';
import type { Database } from './database.js';
import { recount } from './item-counts.js';
import { inSlices } from './paging.js';
import type { Schema } from './schema.js';

const GOING_ON: readonly RunState[] = ['waiting', 'running'];
/** Of such runs no attempt begins: a chunk whose attempt came back, or was lost, ends. */
const ENDING: readonly RunState[] = ['cancelling', 'draining'];
const ENDED_BY_CANCELLING: ChunkState = 'cancelled';

/**
 * A chunk's life. `queued` from its making; claims and progress leave it so. It ends as
 * `done` (recorded, see `recordProgressWithin`), `abandoned` (given up) or `cancelled`: at once when its run is cancelled before
 * anybody claimed it, or when an attempt at it was lost or given back and another would have to begin though its run is being cancelled
 * or its window ends.
 */
export class ChunkLife {
  constructor(private readonly database: Database) {}

  open(runId: string, expected: ChunkCursor, chunk: NewBatchChunk, next: ChunkCursor): Promise<boolean> {
    const { engine } = this.database;
    const opening = this.database.write(async (transaction) => {
      const moved = await engine.changed(
        transaction
          .updateTable('batch_runs')
          .set({
            cursor_byte: next.byteOffset,
            cursor_line: next.lineNumber,
            state: 'running' satisfies RunState,
            wait_reason: null,
            started_at: sql<Date>`coalesce(${sql.ref('started_at')}, ${engine.now()})`,
          })
          .where('id', '=', runId)
          .where('state', 'in', GOING_ON)
          .where('cursor_byte', '=', expected.byteOffset)
          .where('cursor_line', '=', expected.lineNumber),
        ['id'],
      );
      if (moved.length === 0) return false;
      await this.insert(transaction, runId, chunk);
      if (chunk.limitKey) await checkKey(engine, transaction, chunk.limitKey);
      return true;
    });
    return opening.catch((error: unknown) => {
      if (error instanceof KeyIsFullError) return false;
      throw error;
    });
  }

  async claim(chunkId: string, fence: number, machineId: string): Promise<boolean> {
    const { engine } = this.database;
    return this.database.write(async (transaction) => {
      const claimable = transaction
        .updateTable('batch_chunks')
        .where('id', '=', chunkId)
        .where('state', '=', QUEUED)
        .where('fence', '<=', fence);
      const claimed = await engine.changed(
        claimable
          .set({ fence, machine_id: machineId, claimed_at: engine.now(), active_at: engine.now() })
          .where((eb) => runIsIn(eb, GOING_ON)),
        ['id'],
      );
      if (claimed.length > 0) return true;
      await claimable
        .set({ state: ENDED_BY_CANCELLING })
        .where((eb) => runIsIn(eb, ENDING))
        .execute();
      return false;
    });
  }

  redispatch(chunkId: string, expectedDispatchCount: number): Promise<boolean> {
    const { engine } = this.database;
    return this.database.write(async (transaction) => {
      const waiting = transaction
        .updateTable('batch_chunks')
        .where('id', '=', chunkId)
        .where('state', '=', QUEUED)
        .where('dispatch_count', '=', expectedDispatchCount);
      const counted = await engine.changed(
        waiting
          .set({ dispatch_count: expectedDispatchCount + 1, active_at: engine.now() })
          .where((eb) => runIsIn(eb, GOING_ON)),
        ['id'],
      );
      if (counted.length > 0) return true;
      await waiting
        .set({ state: ENDED_BY_CANCELLING })
        .where((eb) => runIsIn(eb, ENDING))
        .execute();
      return false;
    });
  }

  abandon(chunkId: string, items: readonly ItemOutcome[]): Promise<boolean> {
    return this.database.write(async (transaction) => {
      const [chunk] = await this.database.engine.changed(
        transaction
          .updateTable('batch_chunks')
          .set({ state: 'abandoned' satisfies ChunkState })
          .where('id', '=', chunkId)
          .where('state', '=', QUEUED),
        ['id', 'run_id', 'first_line', 'line_count'],
      );
      if (!chunk) return false;
      await this.database.bulk(transaction, ITEMS, new ItemRows([{ runId: chunk.run_id, items }]));
      await recount(transaction, chunk);
      return true;
    });
  }

  /** Ends the run's chunks that have not ended: all of them, or those that no worker has claimed yet. */
  async cancelOpen(
    transaction: Transaction<Schema>,
    runId: string,
    which: 'all' | 'unclaimed',
  ): Promise<void> {
    await transaction
      .updateTable('batch_chunks')
      .set({ state: ENDED_BY_CANCELLING })
      .where('run_id', '=', runId)
      .where('state', '=', QUEUED)
      .$if(which === 'unclaimed', (query) => query.where('claimed_at', 'is', null))
      .execute();
  }

  listStale(silentForSeconds: number, limit: number): Promise<readonly UnfinishedChunk[]> {
    const { engine } = this.database;
    return this.database.read(async (db) => {
      const chunks = await db
        .selectFrom('batch_chunks')
        .selectAll()
        .where('state', '=', QUEUED)
        .where('active_at', '<=', engine.secondsAgo(silentForSeconds))
        .orderBy('active_at')
        .$call(engine.first(limit))
        .execute();
      const runsById = new Map<string, BatchRun>();
      for (const ids of inSlices([...new Set(chunks.map((chunk) => chunk.run_id))])) {
        const rows = await runs(db).where('run.id', 'in', ids).execute();
        for (const row of rows) runsById.set(row.id, toBatchRun(row));
      }
      return chunks.flatMap((chunk) => {
        const run = runsById.get(chunk.run_id);
        return run ? [{ ...toBatchChunk(chunk), run }] : [];
      });
    });
  }

  private async insert(transaction: Transaction<Schema>, runId: string, chunk: NewBatchChunk): Promise<void> {
    await transaction
      .insertInto('batch_chunks')
      .values({
        id: chunk.id,
        run_id: runId,
        state: 'queued' satisfies ChunkState,
        byte_start: chunk.byteStart,
        byte_end: chunk.byteEnd,
        first_line: chunk.firstLine,
        line_count: chunk.lineCount,
        item_count: chunk.itemCount,
        dispatch_count: 1,
        fence: 0,
        machine_id: null,
        claimed_at: null,
        active_at: this.database.engine.now(),
        items_succeeded: 0,
        items_failed: 0,
        items_cancelled: 0,
        item_duration_ms: 0,
        items_at_once: chunk.itemsAtOnce ?? null,
        items_per_second: chunk.itemsPerSecond ?? null,
        limit_key: chunk.limitKey?.name ?? null,
      })
      .execute();
  }
}

function runIsIn(eb: ExpressionBuilder<Schema, 'batch_chunks'>, states: readonly RunState[]) {
  return eb.exists(
    eb
      .selectFrom('batch_runs')
      .select(sql.lit(1).as('one'))
      .whereRef('batch_runs.id', '=', 'batch_chunks.run_id')
      .where('batch_runs.state', 'in', states),
  );
}
