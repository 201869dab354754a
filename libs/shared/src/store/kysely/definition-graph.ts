import { type Kysely, sql, type Transaction } from 'kysely';
import type { BatchDefinition } from '../../domain/batch-definition.js';
import { cycleThrough } from '../../domain/dependency-cycle.js';
import { inSlices } from './paging.js';
import type { Schema } from './schema.js';

/** Who takes another batch's results needs it, and does not wait for it: no part of the graph. */
export const TAKES_RESULTS = 'results';

/** A field of a definition that names another batch. */
export interface NamedBatch {
  readonly field: string;
  readonly app: string;
  readonly batch: string;
  /** How it is needed: a condition of `dependsOn`, or its results. */
  readonly condition: string;
}

export interface Edge {
  readonly dependsOnId: string;
  readonly condition: string;
}

/** Whoever changes definitions or calendars does this first: one at a time, so that what was looked up still holds when it is written. */
export async function lockDefinitions(transaction: Transaction<Schema>): Promise<void> {
  await transaction
    .updateTable('batch_graph')
    .set({ revision: sql<number>`${sql.ref('revision')} + 1` })
    .where('id', '=', 1)
    .execute();
}

export function namedBatches({ app, dependsOn = [], input }: BatchDefinition): readonly NamedBatch[] {
  const waitsFor = dependsOn.map((one, index): NamedBatch => ({
    field: `dependsOn.${index}.batch`,
    app: one.app ?? app,
    batch: one.batch,
    condition: one.when,
  }));
  if (input.kind !== 'results') return waitsFor;
  return [
    ...waitsFor,
    { field: 'input.batch', app: input.app ?? app, batch: input.batch, condition: TAKES_RESULTS },
  ];
}

/** Finds what a definition names; `missing` are those that are not there. */
export async function resolveNamed(
  db: Kysely<Schema>,
  named: readonly NamedBatch[],
): Promise<{ readonly edges: readonly Edge[]; readonly missing: readonly NamedBatch[] }> {
  const edges = new Map<string, Edge>();
  const missing: NamedBatch[] = [];
  for (const one of named) {
    const id = await idOf(db, one);
    if (id === null) missing.push(one);
    // Who waits for a batch and takes its results has one edge to it.
    else if (!edges.has(id)) edges.set(id, { dependsOnId: id, condition: one.condition });
  }
  return { edges: [...edges.values()], missing };
}

/** Results may be those of a batch that only has runs; what is waited for must be defined. */
async function idOf(db: Kysely<Schema>, { app, batch, condition }: NamedBatch): Promise<string | null> {
  const row = await db
    .selectFrom('batches as batch')
    .innerJoin('function_apps as app', 'app.id', 'batch.app_id')
    .select('batch.id')
    .where('app.name', '=', app)
    .where('batch.name', '=', batch)
    .$if(condition !== TAKES_RESULTS, (query) =>
      query.where('batch.current_version', 'is not', null).where('batch.removed_at', 'is', null),
    )
    .executeTakeFirst();
  return row?.id ?? null;
}

/** The cycle that these edges of a batch would close, as `app/batch`; null where they close none. */
export async function cycleWith(
  db: Kysely<Schema>,
  batchId: string,
  edges: readonly Edge[],
): Promise<readonly string[] | null> {
  const waitsFor = edges.filter(({ condition }) => condition !== TAKES_RESULTS);
  if (waitsFor.length === 0) return null;
  const rows = await db
    .selectFrom('batch_dependencies')
    .select(['batch_id', 'depends_on_id'])
    .where('condition', '<>', TAKES_RESULTS)
    .execute();
  const graph = new Map<string, string[]>();
  for (const row of rows) {
    const known = graph.get(row.batch_id);
    if (known) known.push(row.depends_on_id);
    else graph.set(row.batch_id, [row.depends_on_id]);
  }
  graph.set(
    batchId,
    waitsFor.map(({ dependsOnId }) => dependsOnId),
  );
  const cycle = cycleThrough(graph, batchId);
  return cycle && namesOf(db, cycle);
}

export async function replaceEdges(
  transaction: Transaction<Schema>,
  batchId: string,
  edges: readonly Edge[],
): Promise<void> {
  await transaction.deleteFrom('batch_dependencies').where('batch_id', '=', batchId).execute();
  if (edges.length === 0) return;
  const rows = edges.map(({ dependsOnId, condition }) => ({
    batch_id: batchId,
    depends_on_id: dependsOnId,
    condition,
  }));
  await transaction.insertInto('batch_dependencies').values(rows).execute();
}

/** Whoever waits for a batch or takes its results, as `app/batch`. */
export async function neededBy(db: Kysely<Schema>, batchId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('batch_dependencies')
    .select('batch_id')
    .where('depends_on_id', '=', batchId)
    .execute();
  return namesOf(
    db,
    rows.map((row) => row.batch_id),
  );
}

/** In the same order. */
async function namesOf(db: Kysely<Schema>, ids: readonly string[]): Promise<readonly string[]> {
  const names = new Map<string, string>();
  for (const some of inSlices([...new Set(ids)])) {
    const rows = await db
      .selectFrom('batches as batch')
      .innerJoin('function_apps as app', 'app.id', 'batch.app_id')
      .select(['batch.id', 'batch.name', 'app.name as app_name'])
      .where('batch.id', 'in', some)
      .execute();
    for (const row of rows) names.set(row.id, `${row.app_name}/${row.name}`);
  }
  return ids.map((id) => names.get(id) ?? id);
}
