import { type ExpressionBuilder, type Kysely, sql, type Transaction } from 'kysely';
import type { DeadLetterCounts } from '../../domain/failure-group.js';
import type { DeadLetterSelection } from '../dead-letter-store.js';
import type { Engine } from './engine.js';
import { itemsFailed } from './item-reading.js';
import { inSlices } from './paging.js';
import type { Schema } from './schema.js';
import { asNumber } from './values.js';

/** `batch_items` as the marks see it: by its name, or as `row` where an index is named. */
type Items = Schema & { row: Schema['batch_items'] };

interface Page {
  readonly limit: number;
  readonly afterLine: number;
}

/** Of the dead letters themselves. */
export async function countDeadLetters(
  db: Kysely<Schema>,
  engine: Engine,
  runId: string,
): Promise<DeadLetterCounts> {
  const failed = await itemsFailed(db, engine)
    .select((eb) => eb.fn.countAll().as('items'))
    .where('row.run_id', '=', runId)
    .executeTakeFirst();
  const replayed = (ended: boolean) =>
    db
      .selectFrom(engine.byIndex('batch_items', 'ix_batch_items_replayed'))
      .innerJoin('batch_runs as child', 'child.id', 'row.replayed_by')
      .select((eb) => eb.fn.countAll().as('items'))
      .where('row.run_id', '=', runId)
      .where('row.replayed_by', 'is not', null)
      .where('row.state', '=', sql.lit('failed'))
      .$if(!ended, (query) => query.where('child.ended_at', 'is', null));
  const healed = await replayed(true)
    .where((eb) => succeededThere(eb))
    .executeTakeFirst();
  const replaying = await replayed(false)
    .where((eb) => eb.not(succeededThere(eb)))
    .executeTakeFirst();
  return {
    deadLetters: asNumber(failed?.items),
    replaying: asNumber(replaying?.items),
    healed: asNumber(healed?.items),
  };
}

export async function replayableLines(
  db: Kysely<Schema>,
  engine: Engine,
  runId: string,
  selection: DeadLetterSelection,
  again: boolean,
  page: Page,
): Promise<readonly number[]> {
  const items = selection.kind === 'group' ? itemsFailed(db, engine) : itemsInState(db, engine, 'failed');
  const query = items
    .select('row.line_number')
    .where('row.run_id', '=', runId)
    .where('row.line_number', '>', page.afterLine)
    .where((eb) => isFree(eb))
    .$if(!again, (free) => free.where((eb) => eb.not(succeededThere(eb))))
    .orderBy('row.line_number')
    .$call(engine.first(page.limit));
  if (selection.kind === 'all') return linesOf(await query.execute());
  if (selection.kind === 'group') {
    return linesOf(await query.where('row.fingerprint', '=', selection.group).execute());
  }
  const lines = selection.lines.filter((line) => line > page.afterLine);
  const found: number[] = [];
  for (const slice of inSlices(lines.toSorted((a, b) => a - b))) {
    found.push(...linesOf(await query.where('row.line_number', 'in', slice).execute()));
    if (found.length >= page.limit) break;
  }
  return found.slice(0, page.limit);
}

/** Of items with an outcome that is no success: also those that were cancelled. */
export async function unhealedLines(
  db: Kysely<Schema>,
  engine: Engine,
  runId: string,
  page: Page,
): Promise<readonly number[]> {
  const lines: number[] = [];
  for (const state of ['failed', 'cancelled'] as const) {
    const rows = await itemsInState(db, engine, state)
      .select('row.line_number')
      .where('row.run_id', '=', runId)
      .where('row.line_number', '>', page.afterLine)
      .where((eb) => eb.not(succeededThere(eb)))
      .orderBy('row.line_number')
      .$call(engine.first(page.limit))
      .execute();
    lines.push(...linesOf(rows));
  }
  return lines.toSorted((a, b) => a - b).slice(0, page.limit);
}

/** By their lines. The index is filtered, and used only when the query repeats its filter. */
function itemsInState(db: Kysely<Schema>, engine: Engine, state: 'failed' | 'cancelled') {
  return db
    .selectFrom(engine.byIndex('batch_items', 'ix_batch_items_state'))
    .where('row.state', '<>', sql.lit('succeeded'))
    .where('row.state', '=', sql.lit(state));
}

/**
 * Notes at these items of a run, and at the same ones of its ancestors, which run has them now. False when one of them is not free:
 * the caller then gives its transaction up. So many lines a statement that SQL Server does not lock the whole table for it.
 */
export async function mark(
  transaction: Transaction<Schema>,
  engine: Engine,
  family: { readonly runId: string; readonly ancestorIds: readonly string[]; readonly childId: string },
  lines: readonly number[],
  again: boolean,
): Promise<boolean> {
  for (const slice of inSlices(lines)) {
    const marked = await engine.changed(
      transaction
        .updateTable('batch_items')
        .set({ replayed_by: family.childId })
        .where('run_id', '=', family.runId)
        .where('line_number', 'in', slice)
        .where('state', '<>', sql.lit('succeeded'))
        .where((eb) => isFree(eb, 'batch_items'))
        .$if(!again, (free) => free.where((eb) => eb.not(succeededThere(eb, 'batch_items')))),
      ['line_number'],
    );
    if (marked.length !== slice.length) return false;
    for (const ancestorId of family.ancestorIds) {
      await transaction
        .updateTable('batch_items')
        .set({ replayed_by: family.childId })
        .where('run_id', '=', ancestorId)
        .where('line_number', 'in', slice)
        .where('state', '<>', sql.lit('succeeded'))
        .execute();
    }
  }
  return true;
}

function linesOf(rows: readonly { readonly line_number: number | string }[]): readonly number[] {
  return rows.map((row) => asNumber(row.line_number));
}

/** No run that goes on has it. A run that was removed since has ended. */
function isFree(builder: unknown, items: 'row' | 'batch_items' = 'row') {
  const eb = builder as ExpressionBuilder<Items, 'row' | 'batch_items'>;
  return eb.not(
    eb.exists(
      eb
        .selectFrom('batch_runs as holder')
        .select(sql.lit(1).as('one'))
        .whereRef('holder.id', '=', `${items}.replayed_by`)
        .where('holder.ended_at', 'is', null),
    ),
  );
}

/** It has succeeded in the run that has it. */
function succeededThere(builder: unknown, items: 'row' | 'batch_items' = 'row') {
  const eb = builder as ExpressionBuilder<Items, 'row' | 'batch_items'>;
  return eb.exists(
    eb
      .selectFrom('batch_items as there')
      .select(sql.lit(1).as('one'))
      .whereRef('there.run_id', '=', `${items}.replayed_by`)
      .whereRef('there.line_number', '=', `${items}.line_number`)
      .where('there.state', '=', sql.lit('succeeded')),
  );
}
