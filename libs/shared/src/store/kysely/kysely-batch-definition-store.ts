import type { Transaction } from 'kysely';
import type { BatchVersion, DefinedBatch } from '../../domain/defined-batch.js';
import {
  BatchDefinitionStore,
  type BatchKey,
  type DefinitionChange,
  type PutOutcome,
  type RemoveOutcome,
} from '../batch-definition-store.js';
import type { Page, PageRequest } from '../page.js';
import type { Database } from './database.js';
import { lockDefinitions, neededBy, replaceEdges, TAKES_RESULTS } from './definition-graph.js';
import { definedBatches, findDefined, toBatchVersion, toDefinedBatch } from './definition-rows.js';
import { lookAgain, putWithin } from './definition-writing.js';
import { checkedLimit, toPage } from './paging.js';
import type { Schema } from './schema.js';

/** Definitions of batches, over Kysely. */
export class KyselyBatchDefinitionStore extends BatchDefinitionStore {
  constructor(private readonly database: Database) {
    super();
  }

  put(change: DefinitionChange): Promise<PutOutcome> {
    return this.database.write((transaction) => putWithin(this.database, transaction, change));
  }

  find(key: BatchKey): Promise<DefinedBatch | null> {
    return this.database.read((db) => findDefined(db, key));
  }

  async findById(id: string): Promise<DefinedBatch | null> {
    const row = await this.database.read((db) =>
      definedBatches(db).where('batch.id', '=', id).executeTakeFirst(),
    );
    return row ? toDefinedBatch(row) : null;
  }

  async list(
    { appId }: { readonly appId?: string | undefined },
    page: PageRequest,
  ): Promise<Page<DefinedBatch>> {
    const limit = checkedLimit(page.limit);
    const rows = await this.database.read((db) =>
      definedBatches(db)
        .$if(appId !== undefined, (query) => query.where('batch.app_id', '=', appId ?? ''))
        .$if(page.after !== undefined, (query) => query.where('batch.id', '<', page.after ?? ''))
        .orderBy('batch.id', 'desc')
        .$call(this.database.engine.first(limit + 1))
        .execute(),
    );
    return toPage(rows.map(toDefinedBatch), limit);
  }

  async listVersions(batchId: string, limit: number, before?: number): Promise<readonly BatchVersion[]> {
    const rows = await this.database.read((db) =>
      db
        .selectFrom('batch_versions')
        .selectAll()
        .where('batch_id', '=', batchId)
        .$if(before !== undefined, (query) => query.where('version', '<', before ?? 0))
        .orderBy('version', 'desc')
        .$call(this.database.engine.first(checkedLimit(limit)))
        .execute(),
    );
    return rows.map(toBatchVersion);
  }

  async findVersion(batchId: string, version: number): Promise<BatchVersion | null> {
    const row = await this.database.read((db) =>
      db
        .selectFrom('batch_versions')
        .selectAll()
        .where('batch_id', '=', batchId)
        .where('version', '=', version)
        .executeTakeFirst(),
    );
    return row ? toBatchVersion(row) : null;
  }

  pause(key: BatchKey, by: string, note: string): Promise<DefinedBatch | null> {
    return this.changed(key, async (transaction, { id }) => {
      await transaction
        .updateTable('batches')
        .set({ paused_at: this.database.engine.now(), paused_by: by, pause_note: note, next_due_at: null })
        .where('id', '=', id)
        .execute();
    });
  }

  resume(key: BatchKey): Promise<DefinedBatch | null> {
    return this.changed(key, async (transaction, { id, pause, definition }) => {
      if (!pause) return;
      await transaction
        .updateTable('batches')
        .set({
          paused_at: null,
          paused_by: null,
          pause_note: null,
          active_since: this.database.engine.now(),
        })
        .where('id', '=', id)
        .execute();
      await lookAgain(this.database, transaction, id, definition);
    });
  }

  remove(key: BatchKey, expectedVersion?: number): Promise<RemoveOutcome> {
    return this.database.write(async (transaction): Promise<RemoveOutcome> => {
      await lockDefinitions(transaction);
      const batch = await findDefined(transaction, key);
      if (!batch) return { kind: 'unknown' };
      const { id, version } = batch;
      if (expectedVersion !== undefined && expectedVersion !== version)
        return { kind: 'otherVersion', version };
      const by = await neededBy(transaction, id);
      if (by.length > 0) return { kind: 'needed', by };
      await replaceEdges(transaction, id, []);
      await this.markRemoved(transaction, id);
      return { kind: 'removed' };
    });
  }

  async listDependents(batchId: string): Promise<readonly DefinedBatch[]> {
    const rows = await this.database.read((db) =>
      definedBatches(db)
        .innerJoin('batch_dependencies as dependency', 'dependency.batch_id', 'batch.id')
        .where('dependency.depends_on_id', '=', batchId)
        .where('dependency.condition', '<>', TAKES_RESULTS)
        .execute(),
    );
    return rows.map(toDefinedBatch);
  }

  /** Changes what is not part of a version. */
  private changed(
    key: BatchKey,
    change: (transaction: Transaction<Schema>, batch: DefinedBatch) => Promise<void>,
  ): Promise<DefinedBatch | null> {
    return this.database.write(async (transaction) => {
      await lockDefinitions(transaction);
      const batch = await findDefined(transaction, key);
      if (!batch) return null;
      await change(transaction, batch);
      return findDefined(transaction, key);
    });
  }

  private async markRemoved(transaction: Transaction<Schema>, id: string): Promise<void> {
    await transaction
      .updateTable('batches')
      .set({
        removed_at: this.database.engine.now(),
        calendar: null,
        next_due_at: null,
        paused_at: null,
        paused_by: null,
        pause_note: null,
      })
      .where('id', '=', id)
      .execute();
  }
}
