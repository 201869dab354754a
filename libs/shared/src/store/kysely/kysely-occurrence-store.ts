import { type Kysely, sql, type Transaction } from 'kysely';
import type { DueBatch } from '../../domain/defined-batch.js';
import {
  type BatchOccurrence,
  type ClaimOutcome,
  type DueSettlement,
  type OccurrenceClaim,
  OccurrenceStore,
} from '../occurrence-store.js';
import { getRun, insertRun } from './batch-runs.js';
import type { Database } from './database.js';
import { definedBatches, toDefinedBatch } from './definition-rows.js';
import { settleWithin } from './due-settling.js';
import { checkedLimit } from './paging.js';
import type { Schema } from './schema.js';
import { asDate, asDateOrNull } from './values.js';

/** Occurrences of batches, over Kysely. */
export class KyselyOccurrenceStore extends OccurrenceStore {
  constructor(private readonly database: Database) {
    super();
  }

  async listDue(limit: number, now?: Date): Promise<readonly DueBatch[]> {
    const { engine } = this.database;
    const rows = await this.database.read((db) =>
      definedBatches(db)
        .where('batch.next_due_at', 'is not', null)
        .where('batch.next_due_at', '<=', now ?? engine.now())
        .select((eb) =>
          eb
            .selectFrom('batch_occurrences as occurrence')
            .select((inner) => inner.fn.max('occurrence.planned_at').as('newest'))
            .whereRef('occurrence.batch_id', '=', 'batch.id')
            .as('last_planned_at'),
        )
        .orderBy('batch.next_due_at')
        .orderBy('batch.id')
        .$call(engine.first(checkedLimit(limit)))
        .execute(),
    );
    return rows.map((row) => ({
      batch: toDefinedBatch(row),
      activeSince: asDate(row.active_since ?? row.changed_at),
      lastPlannedAt: asDateOrNull(row.last_planned_at),
    }));
  }

  async nextDueAt(): Promise<Date | null> {
    const row = await this.database.read((db) =>
      db
        .selectFrom('batches')
        .select('next_due_at')
        .where('next_due_at', 'is not', null)
        .orderBy('next_due_at')
        .$call(this.database.engine.first(1))
        .executeTakeFirst(),
    );
    return row ? asDateOrNull(row.next_due_at) : null;
  }

  async setNextDue(batchId: string, version: number, nextDueAt: Date | null): Promise<boolean> {
    const changed = await this.database.read((db) =>
      this.database.engine.changed(standing(db, batchId, version).set({ next_due_at: nextDueAt }), ['id']),
    );
    return changed.length > 0;
  }

  claim(claim: OccurrenceClaim): Promise<ClaimOutcome> {
    const { engine } = this.database;
    return this.database.write(async (transaction): Promise<ClaimOutcome> => {
      const { batchId, version, plannedAt, run } = claim;
      // Changes nothing: it makes whoever else claims for this batch, or changes it, wait until this transaction ends.
      const locked = await engine.changed(
        standing(transaction, batchId, version).set({ next_due_at: sql<Date>`${sql.ref('next_due_at')}` }),
        ['id'],
      );
      if (locked.length === 0) return { kind: 'outdated' };
      if (await isTaken(transaction, batchId, plannedAt)) return { kind: 'taken' };
      if (!(await isStillOpen(transaction, batchId, claim.openRunIds))) return { kind: 'outdated' };
      if (run) await insertRun(transaction, engine, run);
      await this.write(transaction, claim);
      return { kind: 'claimed', run: run && (await getRun(transaction, run.id)) };
    });
  }

  async settle(settlements: readonly DueSettlement[]): Promise<ReadonlySet<string>> {
    if (settlements.length === 0) return new Set();
    return this.database.write((transaction) => settleWithin(this.database, transaction, settlements));
  }

  async list(batchId: string, limit: number, before?: Date): Promise<readonly BatchOccurrence[]> {
    const rows = await this.database.read((db) =>
      db
        .selectFrom('batch_occurrences')
        .selectAll()
        .where('batch_id', '=', batchId)
        .$if(before !== undefined, (query) => query.where('planned_at', '<', before ?? new Date(0)))
        .orderBy('planned_at', 'desc')
        .$call(this.database.engine.first(checkedLimit(limit)))
        .execute(),
    );
    return rows.map((row) => ({
      plannedAt: asDate(row.planned_at),
      claimedAt: asDate(row.claimed_at),
      runId: row.run_id,
      reason: row.reason,
    }));
  }

  private async write(
    transaction: Transaction<Schema>,
    { batchId, plannedAt, run, reason, nextDueAt }: OccurrenceClaim,
  ): Promise<void> {
    await transaction
      .insertInto('batch_occurrences')
      .values({
        batch_id: batchId,
        planned_at: plannedAt,
        run_id: run?.id ?? null,
        reason: reason ?? null,
        claimed_at: this.database.engine.now(),
      })
      .execute();
    await transaction
      .updateTable('batches')
      .set({ next_due_at: nextDueAt })
      .where('id', '=', batchId)
      .execute();
  }
}

/** The batch, as long as it is what somebody decided by. */
function standing(db: Kysely<Schema>, batchId: string, version: number) {
  return db
    .updateTable('batches')
    .where('id', '=', batchId)
    .where('current_version', '=', version)
    .where('removed_at', 'is', null)
    .where('paused_at', 'is', null);
}

async function isTaken(db: Kysely<Schema>, batchId: string, plannedAt: Date): Promise<boolean> {
  const row = await db
    .selectFrom('batch_occurrences')
    .select('batch_id')
    .where('batch_id', '=', batchId)
    .where('planned_at', '=', plannedAt)
    .executeTakeFirst();
  return row !== undefined;
}

async function isStillOpen(db: Kysely<Schema>, batchId: string, seen: readonly string[]): Promise<boolean> {
  const rows = await db
    .selectFrom('batch_runs')
    .select('id')
    .where('batch_id', '=', batchId)
    .where('ended_at', 'is', null)
    .execute();
  const open = new Set(rows.map((row) => row.id));
  return open.size === new Set(seen).size && seen.every((id) => open.has(id));
}
