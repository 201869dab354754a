import { sql, type Transaction } from 'kysely';
import type { DueSettlement } from '../occurrence-store.js';
import { insertRuns } from './batch-runs.js';
import type { Database } from './database.js';
import { inSlices } from './paging.js';
import type { Schema } from './schema.js';
import { asDate } from './values.js';

/** Five columns each, and SQL Server takes 2,100 parameters a statement. */
const OCCURRENCES_AN_INSERT = 400;

/** See `OccurrenceStore.settle`: a handful of statements, however many batches are due. */
export async function settleWithin(
  database: Database,
  transaction: Transaction<Schema>,
  settlements: readonly DueSettlement[],
): Promise<ReadonlySet<string>> {
  // In one order everywhere: two that settle the same batches then wait for each other instead of deadlocking.
  const ordered = settlements.toSorted((a, b) => (a.batchId < b.batchId ? -1 : 1));
  const standing = await lockStanding(database, transaction, ordered);
  const taken = await takenAmong(transaction, standing);
  const open = await openRuns(transaction, standing);
  const valid = standing.filter(
    (one) => !isTaken(one, taken) && isSame(one.openRunIds, open.get(one.batchId) ?? []),
  );
  await insertRuns(
    transaction,
    database.engine,
    valid.flatMap(({ batchId, occurrences }) =>
      occurrences.flatMap(({ run }) => (run ? [{ run, batchId }] : [])),
    ),
  );
  await insertOccurrences(database, transaction, valid);
  await setNextDue(transaction, valid);
  return new Set(valid.map(({ batchId }) => batchId));
}

/** Changes nothing: whoever else settles these batches, or changes them, waits until this transaction ends. */
async function lockStanding(
  database: Database,
  transaction: Transaction<Schema>,
  settlements: readonly DueSettlement[],
): Promise<readonly DueSettlement[]> {
  const versions = new Map<string, number | null>();
  for (const ids of inSlices(settlements.map(({ batchId }) => batchId))) {
    const rows = await database.engine.changed(
      transaction
        .updateTable('batches')
        .set({ next_due_at: sql<Date>`${sql.ref('next_due_at')}` })
        .where('id', 'in', ids)
        .where('removed_at', 'is', null)
        .where('paused_at', 'is', null),
      ['id', 'current_version'],
    );
    for (const row of rows) versions.set(row.id, row.current_version);
  }
  return settlements.filter(({ batchId, version }) => versions.get(batchId) === version);
}

async function takenAmong(
  transaction: Transaction<Schema>,
  settlements: readonly DueSettlement[],
): Promise<ReadonlySet<string>> {
  const planned = settlements.flatMap(({ occurrences }) => occurrences.map(({ plannedAt }) => plannedAt));
  const taken = new Set<string>();
  if (planned.length === 0) return taken;
  const earliest = planned.reduce((least, one) => (one < least ? one : least));
  for (const ids of inSlices(settlements.map(({ batchId }) => batchId))) {
    const rows = await transaction
      .selectFrom('batch_occurrences')
      .select(['batch_id', 'planned_at'])
      .where('batch_id', 'in', ids)
      .where('planned_at', '>=', earliest)
      .execute();
    for (const row of rows) taken.add(keyOf(row.batch_id, asDate(row.planned_at)));
  }
  return taken;
}

async function openRuns(
  transaction: Transaction<Schema>,
  settlements: readonly DueSettlement[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const open = new Map<string, string[]>();
  for (const ids of inSlices(settlements.map(({ batchId }) => batchId))) {
    const rows = await transaction
      .selectFrom('batch_runs')
      .select(['id', 'batch_id'])
      .where('batch_id', 'in', ids)
      .where('ended_at', 'is', null)
      .execute();
    for (const row of rows) open.set(row.batch_id, [...(open.get(row.batch_id) ?? []), row.id]);
  }
  return open;
}

async function insertOccurrences(
  database: Database,
  transaction: Transaction<Schema>,
  settlements: readonly DueSettlement[],
): Promise<void> {
  const rows = settlements.flatMap(({ batchId, occurrences }) =>
    occurrences.map(({ plannedAt, run, reason }) => ({
      batch_id: batchId,
      planned_at: plannedAt,
      run_id: run?.id ?? null,
      reason: reason ?? null,
      claimed_at: database.engine.now(),
    })),
  );
  for (let from = 0; from < rows.length; from += OCCURRENCES_AN_INSERT)
    await transaction
      .insertInto('batch_occurrences')
      .values(rows.slice(from, from + OCCURRENCES_AN_INSERT))
      .execute();
}

/** Those that are due at the same time mostly are again: one statement for each time. */
async function setNextDue(
  transaction: Transaction<Schema>,
  settlements: readonly DueSettlement[],
): Promise<void> {
  const byTime = Map.groupBy(settlements, ({ nextDueAt }) => nextDueAt?.getTime() ?? null);
  for (const [time, group] of byTime)
    for (const ids of inSlices(group.map(({ batchId }) => batchId)))
      await transaction
        .updateTable('batches')
        .set({ next_due_at: time === null ? null : new Date(time) })
        .where('id', 'in', ids)
        .execute();
}

function isTaken({ batchId, occurrences }: DueSettlement, taken: ReadonlySet<string>): boolean {
  return occurrences.some(({ plannedAt }) => taken.has(keyOf(batchId, plannedAt)));
}

function isSame(seen: readonly string[], open: readonly string[]): boolean {
  const expected = new Set(seen);
  return open.length === expected.size && open.every((id) => expected.has(id));
}

function keyOf(batchId: string, plannedAt: Date): string {
  return `${batchId} ${plannedAt.getTime()}`;
}
