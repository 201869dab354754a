import { type ExpressionBuilder, type Kysely, sql, type Transaction } from 'kysely';
import type { BatchRetention } from '../../domain/batch-definition.js';
import { type KeptBatch, RetentionStore } from '../retention-store.js';
import type { Database } from './database.js';
import { isNamed, noteFile, unusedFiles } from './input-files.js';
import type { Schema } from './schema.js';
import { asNumber, fromJson } from './values.js';

const DAY_SECONDS = 86_400;
/** Whoever began to remove a file and has not ended by then was killed. */
const FILE_REMOVAL_SECONDS = 600;

/** Retention, over Kysely. */
export class KyselyRetentionStore extends RetentionStore {
  constructor(private readonly database: Database) {
    super();
  }

  async listBatches(limit: number, after?: string): Promise<readonly KeptBatch[]> {
    const rows = await this.database.read((db) =>
      db
        .selectFrom('batches as batch')
        .leftJoin('batch_versions as version', (join) =>
          join
            .onRef('version.batch_id', '=', 'batch.id')
            .onRef('version.version', '=', 'batch.current_version'),
        )
        .select(['batch.id', 'batch.name', 'version.content'])
        .$if(after !== undefined, (query) => query.where('batch.id', '>', after ?? ''))
        .orderBy('batch.id')
        .$call(this.database.engine.first(limit))
        .execute(),
    );
    return rows.map(({ id, name, content }) => ({ id, name, retention: retentionOf(content) }));
  }

  async listOverdue(batchId: string, retention: BatchRetention, limit: number): Promise<readonly string[]> {
    const { engine } = this.database;
    const { days, runs } = retention;
    const oldestKept = runs === undefined ? null : await this.oldestOfNewest(batchId, runs);
    const rows = await this.database.read((db) =>
      endedRuns(db, batchId)
        .where((eb) =>
          eb.or([
            ...(days === undefined ? [] : [eb('run.ended_at', '<=', engine.secondsAgo(days * DAY_SECONDS))]),
            ...(oldestKept === null ? [] : [eb('run.id', '<', oldestKept)]),
          ]),
        )
        .where((eb) => eb.not(hasOpenChild(eb)))
        .orderBy('run.id')
        .$call(engine.first(limit))
        .execute(),
    );
    return rows.map(({ id }) => id);
  }

  async beginRemoval(runId: string): Promise<boolean> {
    const { engine } = this.database;
    const begun = await this.database.read((db) =>
      engine.changed(
        db
          .updateTable('batch_runs')
          // Its key may be used again: there is no such run any more.
          .set({ removing_at: engine.now(), idempotency_key: null })
          .where('id', '=', runId)
          .where('ended_at', 'is not', null)
          .where('removing_at', 'is', null),
        ['id'],
      ),
    );
    return begun.length > 0;
  }

  async listRemovals(limit: number): Promise<readonly string[]> {
    const rows = await this.database.read((db) =>
      db
        .selectFrom('batch_runs')
        .select('id')
        .where('removing_at', 'is not', null)
        .orderBy('id')
        .$call(this.database.engine.first(limit))
        .execute(),
    );
    return rows.map(({ id }) => id);
  }

  async removeSome(runId: string, rows: number): Promise<boolean> {
    if (await this.removeItems(runId, rows)) return false;
    if (await this.removeChunks(runId, rows)) return false;
    await this.database.write((transaction) => this.removeRun(transaction, runId));
    return true;
  }

  async listUnusedFiles(unusedForSeconds: number, limit: number): Promise<readonly string[]> {
    const { engine } = this.database;
    return this.database.read(async (db) => {
      const files = await unusedFiles(db, engine, unusedForSeconds).$call(engine.first(limit)).execute();
      const unused: string[] = [];
      for (const { digest } of files) if (!(await isNamed(db, engine, digest))) unused.push(digest);
      return unused;
    });
  }

  async claimUnusedFiles(unusedForSeconds: number, limit: number): Promise<readonly string[]> {
    const { engine } = this.database;
    const files = await this.database.read((db) =>
      unusedFiles(db, engine, unusedForSeconds).$call(engine.first(limit)).execute(),
    );
    const claimed: string[] = [];
    for (const { digest } of files) {
      if (await this.claimFile(digest, unusedForSeconds)) claimed.push(digest);
    }
    return claimed;
  }

  async forgetFile(digest: string): Promise<void> {
    await this.database.read((db) =>
      db
        .deleteFrom('input_files')
        .where('digest', '=', digest)
        .where('removing_at', 'is not', null)
        .execute(),
    );
  }

  /** The id of the oldest of the newest `count` ended runs; null when there are fewer. A replay is no run of its own: three of them must
   * not push three nights out. */
  private async oldestOfNewest(batchId: string, count: number): Promise<string | null> {
    const rows = await this.database.read((db) =>
      endedRuns(db, batchId)
        .where('run.cause', 'not in', ['replay', 'rerun'])
        .orderBy('run.id', 'desc')
        .$call(this.database.engine.first(count))
        .execute(),
    );
    return rows.length < count ? null : (rows.at(-1)?.id ?? null);
  }

  private async removeItems(runId: string, count: number): Promise<boolean> {
    const { engine } = this.database;
    return this.database.write(async (transaction) => {
      const lines = await transaction
        .selectFrom('batch_items')
        .select('line_number')
        .where('run_id', '=', runId)
        .orderBy('line_number')
        .$call(engine.first(count))
        .execute();
      const last = lines.at(-1);
      if (!last) return false;
      await transaction
        .deleteFrom('batch_items')
        .where('run_id', '=', runId)
        .where('line_number', '<=', asNumber(last.line_number))
        .execute();
      return true;
    });
  }

  private async removeChunks(runId: string, count: number): Promise<boolean> {
    const { engine } = this.database;
    return this.database.write(async (transaction) => {
      const chunks = await transaction
        .selectFrom('batch_chunks')
        .select('id')
        .where('run_id', '=', runId)
        .orderBy('id')
        .$call(engine.first(count))
        .execute();
      const last = chunks.at(-1);
      if (!last) return false;
      await transaction
        .deleteFrom('batch_chunks')
        .where('run_id', '=', runId)
        .where('id', '<=', last.id)
        .execute();
      return true;
    });
  }

  /** Its file is from now on one that nothing may refer to. */
  private async removeRun(transaction: Transaction<Schema>, runId: string): Promise<void> {
    const run = await transaction
      .selectFrom('batch_runs')
      .select(['input_digest', 'input_size_bytes'])
      .where('id', '=', runId)
      .where('removing_at', 'is not', null)
      .executeTakeFirst();
    if (!run) return;
    await transaction.deleteFrom('batch_events').where('run_id', '=', runId).execute();
    await transaction.deleteFrom('notifications').where('run_id', '=', runId).execute();
    await transaction.deleteFrom('run_courses').where('run_id', '=', runId).execute();
    await transaction.deleteFrom('batch_runs').where('id', '=', runId).execute();
    if (run.input_digest === '') return;
    const file = { digest: run.input_digest, sizeBytes: asNumber(run.input_size_bytes) };
    await noteFile(transaction, this.database.engine, file);
  }

  private async claimFile(digest: string, unusedForSeconds: number): Promise<boolean> {
    const { engine } = this.database;
    return this.database.write(async (transaction) => {
      const unused = transaction
        .updateTable('input_files')
        .where('digest', '=', digest)
        .where('used_at', '<=', engine.secondsAgo(unusedForSeconds))
        .where((eb) =>
          eb.or([
            eb('removing_at', 'is', null),
            eb('removing_at', '<', engine.secondsAgo(FILE_REMOVAL_SECONDS)),
          ]),
        );
      if (await isNamed(transaction, engine, digest)) {
        // It is in use: asked again when the time is over once more.
        await unused.set({ used_at: engine.now() }).execute();
        return false;
      }
      const claimed = await engine.changed(unused.set({ removing_at: engine.now() }), ['digest']);
      return claimed.length > 0;
    });
  }
}

function endedRuns(db: Kysely<Schema>, batchId: string) {
  return db
    .selectFrom('batch_runs as run')
    .select('run.id')
    .where('run.batch_id', '=', batchId)
    .where('run.ended_at', 'is not', null)
    .where('run.removing_at', 'is', null);
}

/** It still reads the parent's input, or its results. */
function hasOpenChild(eb: ExpressionBuilder<Schema & { run: Schema['batch_runs'] }, 'run'>) {
  return eb.exists(
    eb
      .selectFrom('batch_runs as child')
      .select(sql.lit(1).as('one'))
      .whereRef('child.parent_run_id', '=', 'run.id')
      // The filter of the index.
      .where('child.parent_run_id', 'is not', null)
      .where('child.ended_at', 'is', null),
  );
}

function retentionOf(content: string | null): BatchRetention | null {
  if (content === null) return null;
  return fromJson<{ readonly retention?: BatchRetention }>(content).retention ?? null;
}
