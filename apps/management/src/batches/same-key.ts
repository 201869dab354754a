import type { BatchRun } from '#shared/domain/batch.js';
import { ConflictError } from '#shared/domain/errors.js';

/**
 * A key is the same run only for the same batch and function: whoever takes the date for a key must not be given the run of another
 * batch, and believe that his own has begun. Throws `ConflictError`.
 */
export function mustBeSameBatch(
  created: { readonly run: BatchRun; readonly isNew: boolean },
  wanted: { readonly name: string; readonly functionName: string },
): void {
  const { id, name, functionName } = created.run;
  if (created.isNew || (name === wanted.name && functionName === wanted.functionName)) return;
  throw new ConflictError(
    `Idempotency-Key: was used for the run ${id} of the batch "${name}" (${functionName}) in this app. ` +
      `Send another key for "${wanted.name}" (${wanted.functionName}).`,
  );
}
