import { sql, type Transaction } from 'kysely';
import type { BatchDefinition } from '../../domain/batch-definition.js';
import { canonicalJson } from '../../domain/json.js';
import type { DefinitionChange, PutOutcome } from '../batch-definition-store.js';
import type { Database } from './database.js';
import {
  cycleWith,
  type Edge,
  lockDefinitions,
  namedBatches,
  replaceEdges,
  resolveNamed,
} from './definition-graph.js';
import { findDefined } from './definition-rows.js';
import { findOrCreateBatch } from './batch-runs.js';
import type { Schema } from './schema.js';
import { fromJson } from './values.js';

/** See `BatchDefinitionStore.put`. Everything is looked at before anything is written: what is refused leaves no trace. */
export async function putWithin(
  database: Database,
  transaction: Transaction<Schema>,
  change: DefinitionChange,
): Promise<PutOutcome> {
  const { appId, definition, expectedVersion } = change;
  const key = { appId, name: definition.name };
  await lockDefinitions(transaction);
  const standing = await findDefined(transaction, key);
  if (expectedVersion !== undefined && expectedVersion !== (standing?.version ?? 0))
    return { kind: 'otherVersion', version: standing?.version ?? null };
  if (standing && canonicalJson(standing.definition) === canonicalJson(definition))
    return { kind: 'unchanged', batch: standing };
  if (definition.calendar !== undefined && !(await hasCalendar(transaction, definition.calendar)))
    return { kind: 'unknownCalendar', calendar: definition.calendar };
  const { edges, missing } = await resolveNamed(transaction, namedBatches(definition));
  if (missing.length > 0) return { kind: 'unknownBatches', batches: missing };
  const path = standing && (await cycleWith(transaction, standing.id, edges));
  if (path) return { kind: 'cycle', path };
  await write(database, transaction, change, edges);
  const batch = await findDefined(transaction, key);
  if (!batch)
    throw new Error(`The batch ${definition.app}/${definition.name} is gone in the middle of a change.`);
  return { kind: standing ? 'changed' : 'created', batch };
}

async function write(
  database: Database,
  transaction: Transaction<Schema>,
  { appId, definition, changedBy }: DefinitionChange,
  edges: readonly Edge[],
): Promise<void> {
  const id = await findOrCreateBatch(transaction, database.engine, { appId, name: definition.name });
  const before = await lastVersion(transaction, id);
  const version = (before?.version ?? 0) + 1;
  await transaction
    .insertInto('batch_versions')
    .values({
      batch_id: id,
      version,
      content: JSON.stringify(definition),
      changed_by: changedBy,
      changed_at: database.engine.now(),
    })
    .execute();
  await replaceEdges(transaction, id, edges);
  await transaction
    .updateTable('batches')
    .set({
      current_version: version,
      calendar: definition.calendar ?? null,
      ...(!before || before.isRemoved || timingOf(before.definition) !== timingOf(definition)
        ? { active_since: database.engine.now() }
        : {}),
      removed_at: null,
    })
    .where('id', '=', id)
    .execute();
  await lookAgain(database, transaction, id, definition);
}

/** Has the scheduler look at a batch at once, if it has anything to look for. */
export async function lookAgain(
  { engine }: Database,
  transaction: Transaction<Schema>,
  batchId: string,
  definition: BatchDefinition,
): Promise<void> {
  const isTimed = definition.schedule !== undefined || definition.window !== undefined;
  await transaction
    .updateTable('batches')
    .set({
      next_due_at: isTimed
        ? sql<Date | null>`case when ${sql.ref('paused_at')} is null then ${engine.now()} end`
        : null,
    })
    .where('id', '=', batchId)
    .execute();
}

/** What the occurrences of a definition depend on. Where it stays the same, what was missed before a change is still caught up. */
function timingOf({ schedule, window, timeZone, calendar, on, input }: BatchDefinition): string {
  return canonicalJson({ schedule, window, timeZone, calendar, on, none: input.kind === 'none' });
}

/** The newest version, that of a removed batch too: numbers go on counting. Null when nothing was ever defined. */
async function lastVersion(
  transaction: Transaction<Schema>,
  batchId: string,
): Promise<{
  readonly version: number;
  readonly definition: BatchDefinition;
  readonly isRemoved: boolean;
} | null> {
  const row = await transaction
    .selectFrom('batches as batch')
    .innerJoin('batch_versions as version', (join) =>
      join.onRef('version.batch_id', '=', 'batch.id').onRef('version.version', '=', 'batch.current_version'),
    )
    .select(['version.version', 'version.content', 'batch.removed_at'])
    .where('batch.id', '=', batchId)
    .executeTakeFirst();
  if (!row) return null;
  return { version: row.version, definition: fromJson(row.content), isRemoved: row.removed_at !== null };
}

async function hasCalendar(transaction: Transaction<Schema>, name: string): Promise<boolean> {
  const row = await transaction
    .selectFrom('calendars')
    .select('name')
    .where('name', '=', name)
    .where('content', 'is not', null)
    .executeTakeFirst();
  return row !== undefined;
}
