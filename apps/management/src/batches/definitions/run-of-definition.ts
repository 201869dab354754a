import { runSettingsOf } from '#shared/domain/batch-definition.js';
import type { BatchInput } from '#shared/domain/batch-definition.js';
import type { DefinedBatch } from '#shared/domain/defined-batch.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import type { NewBatchRun } from '#shared/store/batch-store.js';
import type { StoredInput } from '../inputs/input-upload.js';
import { batchTarget } from '../batch-target.js';

/** What a run has other than its definition, or besides. */
export interface RunChanges extends Pick<
  NewBatchRun,
  | 'cause'
  | 'state'
  | 'plannedAt'
  | 'businessDate'
  | 'windowEndsAt'
  | 'deadlineAt'
  | 'parentRunId'
  | 'idempotencyKey'
  | 'notBefore'
  | 'waitReason'
> {
  readonly input?: BatchInput | undefined;
  readonly priority?: number | undefined;
  /** The JSON Lines file of its items, where it is there already; otherwise it is still to be made. */
  readonly madeInput?: StoredInput | undefined;
}

const NO_INPUT_YET: StoredInput = { digest: '', sizeBytes: 0, itemsTotal: 0 };

/**
 * A new run of a definition, with what it goes by frozen into it.
 * @param version the app's active one: the run stays with it. Throws as `batchTarget` does when its function no longer fits.
 */
export function runOfDefinition(
  { definition, version: batchVersion, appId }: DefinedBatch,
  version: AppVersion,
  { input = definition.input, priority, madeInput, ...changes }: RunChanges = {},
): NewBatchRun {
  const target = batchTarget(version, definition.function, input.kind);
  const made = madeInput ?? NO_INPUT_YET;
  return {
    ...changes,
    id: newId(),
    name: definition.name,
    appId,
    appVersionId: version.id,
    functionName: target.definition.name,
    itemTrigger: target.itemTrigger,
    inputDigest: made.digest,
    inputSizeBytes: made.sizeBytes,
    itemsTotal: made.itemsTotal,
    inputState: madeInput ? 'ready' : 'wanted',
    batchVersion,
    priority: priority ?? definition.priority,
    pool: definition.pool,
    settings: runSettingsOf(definition, input),
  };
}
