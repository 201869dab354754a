import type { Transaction } from 'kysely';
import type { BatchRun } from '../../domain/batch.js';
import type { DeadLetterCounts } from '../../domain/failure-group.js';
import type { NewBatchRun } from '../batch-store.js';
import {
  DeadLetterStore,
  type DeadLetterSelection,
  type GroupPage,
  type GroupPageRequest,
} from '../dead-letter-store.js';
import { checkIdempotencyKey } from './acceptance.js';
import { toBatchRun } from './batch-rows.js';
import { earlierRunId, getRun, insertRun, runs } from './batch-runs.js';
import type { Database } from './database.js';
import { failureGroups } from './failure-group-reading.js';
import { checkedLimit, inSlices } from './paging.js';
import { countDeadLetters, mark, replayableLines, unhealedLines } from './replay-marks.js';
import type { Schema } from './schema.js';
import { asNumber } from './values.js';

const MOST_CHILDREN = 100;
/** Runs of runs of runs: nobody goes over the same items a thousand times, and a circle (there is none) would end here. */
const DEEPEST_FAMILY = 1000;

/** Thrown to give a transaction up, and caught where it was begun. */
class NotFree extends Error {}

/** Dead letters, over Kysely. */
export class KyselyDeadLetterStore extends DeadLetterStore {
  constructor(private readonly database: Database) {
    super();
  }

  listGroups(runId: string, page: GroupPageRequest): Promise<GroupPage> {
    return this.database.read((db) => failureGroups(db, this.database.engine, [runId], page));
  }

  listGroupsOfBatch(batchId: string, newestRuns: number, page: GroupPageRequest): Promise<GroupPage> {
    return this.database.read(async (db) => {
      const newest = await db
        .selectFrom('batch_runs')
        .select('id')
        .where('batch_id', '=', batchId)
        .orderBy('id', 'desc')
        .$call(this.database.engine.first(checkedLimit(newestRuns)))
        .execute();
      const ids = newest.map((run) => run.id);
      return failureGroups(db, this.database.engine, ids, page);
    });
  }

  counts(runId: string): Promise<DeadLetterCounts> {
    return this.database.read((db) => countDeadLetters(db, this.database.engine, runId));
  }

  replayableLines(
    runId: string,
    selection: DeadLetterSelection,
    again: boolean,
    page: { readonly limit: number; readonly afterLine: number },
  ): Promise<readonly number[]> {
    const { engine } = this.database;
    return this.database.read((db) => replayableLines(db, engine, runId, selection, again, page));
  }

  unhealedLines(
    runId: string,
    page: { readonly limit: number; readonly afterLine: number },
  ): Promise<readonly number[]> {
    return this.database.read((db) => unhealedLines(db, this.database.engine, runId, page));
  }

  async succeededLines(
    runIds: readonly string[],
    firstLine: number,
    lineCount: number,
  ): Promise<ReadonlySet<number>> {
    const lines = new Set<number>();
    for (const ids of inSlices(runIds)) {
      const rows = await this.database.read((db) =>
        db
          .selectFrom('batch_items')
          .select('line_number')
          .where('run_id', 'in', ids)
          .where('line_number', '>=', firstLine)
          .where('line_number', '<', firstLine + lineCount)
          .where('state', '=', 'succeeded')
          .execute(),
      );
      for (const row of rows) lines.add(asNumber(row.line_number));
    }
    return lines;
  }

  async listFamily(runId: string): Promise<readonly BatchRun[]> {
    const family = [await this.database.read((db) => getRun(db, runId))];
    let parentIds: readonly string[] = [runId];
    while (parentIds.length > 0 && family.length < DEEPEST_FAMILY) {
      const children: BatchRun[] = [];
      for (const ids of inSlices(parentIds)) {
        const rows = await this.database.read((db) =>
          runs(db)
            .where('run.parent_run_id', 'in', ids)
            // The filter of the index, which is used only when the query repeats it.
            .where('run.parent_run_id', 'is not', null)
            .where('run.cause', 'in', ['replay', 'rerun'])
            .orderBy('run.id')
            .execute(),
        );
        children.push(...rows.map(toBatchRun));
      }
      family.push(...children);
      parentIds = children.map((child) => child.id);
    }
    return family;
  }

  async listChildren(runId: string): Promise<readonly BatchRun[]> {
    const rows = await this.database.read((db) =>
      runs(db)
        .where('run.parent_run_id', '=', runId)
        .where('run.parent_run_id', 'is not', null)
        .where('run.cause', 'in', ['replay', 'rerun'])
        .orderBy('run.id', 'desc')
        .$call(this.database.engine.first(MOST_CHILDREN))
        .execute(),
    );
    return rows.map(toBatchRun);
  }

  async findByKey(appId: string, idempotencyKey: string): Promise<BatchRun | null> {
    const row = await this.database.read((db) =>
      runs(db)
        .where('run.app_id', '=', appId)
        .where('run.idempotency_key', '=', idempotencyKey)
        .where('run.idempotency_key', 'is not', null)
        .executeTakeFirst(),
    );
    return row ? toBatchRun(row) : null;
  }

  async createChild(
    run: NewBatchRun & { readonly parentRunId: string },
    lines: readonly number[],
    again: boolean,
  ): Promise<{ readonly run: BatchRun; readonly isNew: boolean } | null> {
    checkIdempotencyKey(run.idempotencyKey);
    const { engine } = this.database;
    try {
      return await this.database.write(async (transaction) => {
        const earlierId = await earlierRunId(transaction, run);
        if (earlierId !== null) return { run: await getRun(transaction, earlierId), isNew: false };
        const family = {
          runId: run.parentRunId,
          ancestorIds: await ancestorsOf(transaction, run.parentRunId),
          childId: run.id,
        };
        if (!(await mark(transaction, engine, family, lines, again))) throw new NotFree();
        await insertRun(transaction, engine, run);
        return { run: await getRun(transaction, run.id), isNew: true };
      });
    } catch (error) {
      if (error instanceof NotFree) return null;
      throw error;
    }
  }
}

/** The runs that this one goes over again, directly or not. One that carries on another has lines of its own. */
async function ancestorsOf(transaction: Transaction<Schema>, runId: string): Promise<readonly string[]> {
  const ancestors: string[] = [];
  for (let at = runId; ancestors.length < DEEPEST_FAMILY;) {
    const row = await transaction
      .selectFrom('batch_runs')
      .select('parent_run_id')
      .where('id', '=', at)
      .where('cause', 'in', ['replay', 'rerun'])
      .executeTakeFirst();
    const parentId = row?.parent_run_id ?? null;
    if (parentId === null) break;
    ancestors.push(parentId);
    at = parentId;
  }
  return ancestors;
}
