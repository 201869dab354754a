import type { Kysely, Selectable } from 'kysely';
import type { BatchDefinition } from '../../domain/batch-definition.js';
import type { BatchVersion, DefinedBatch } from '../../domain/defined-batch.js';
import type { BatchKey } from '../batch-definition-store.js';
import type { BatchTable, BatchVersionTable } from './batch-schema.js';
import type { Schema } from './schema.js';
import { asDate, asDateOrNull, fromJson } from './values.js';

type DefinedBatchRow = Selectable<BatchTable> &
  Pick<Selectable<BatchVersionTable>, 'version' | 'content' | 'changed_by' | 'changed_at'>;

/** Batches with the version that holds; those that were removed, or only have runs, are not among them. */
export function definedBatches(db: Kysely<Schema>) {
  return db
    .selectFrom('batches as batch')
    .innerJoin('batch_versions as version', (join) =>
      join.onRef('version.batch_id', '=', 'batch.id').onRef('version.version', '=', 'batch.current_version'),
    )
    .where('batch.removed_at', 'is', null)
    .selectAll('batch')
    .select(['version.version', 'version.content', 'version.changed_by', 'version.changed_at']);
}

export async function findDefined(db: Kysely<Schema>, key: BatchKey): Promise<DefinedBatch | null> {
  const row = await definedBatches(db)
    .where('batch.app_id', '=', key.appId)
    .where('batch.name', '=', key.name)
    .executeTakeFirst();
  return row ? toDefinedBatch(row) : null;
}

export function toDefinedBatch(row: DefinedBatchRow): DefinedBatch {
  return {
    id: row.id,
    appId: row.app_id,
    version: row.version,
    definition: fromJson<BatchDefinition>(row.content),
    changedBy: row.changed_by,
    changedAt: asDate(row.changed_at),
    createdAt: asDate(row.created_at),
    pause:
      row.paused_at === null
        ? null
        : { at: asDate(row.paused_at), by: row.paused_by ?? '', note: row.pause_note ?? '' },
    activeSince: asDateOrNull(row.active_since),
    nextDueAt: asDateOrNull(row.next_due_at),
  };
}

export function toBatchVersion(row: Selectable<BatchVersionTable>): BatchVersion {
  return {
    version: row.version,
    definition: fromJson<BatchDefinition>(row.content),
    changedBy: row.changed_by,
    changedAt: asDate(row.changed_at),
  };
}
