import { ConflictError, InvalidInputError, NotFoundError } from '#shared/domain/errors.js';
import { triggerOf } from '#shared/domain/function-app.js';
import type { AppVersion, FunctionDefinition } from '#shared/domain/function-app.js';

/**
 * The function of a version that a batch names, in Azure's way without regard to case, if it can take items.
 * Throws `NotFoundError`, `ConflictError` (it is disabled) or `InvalidInputError` (its trigger takes no items).
 */
export function batchFunction(version: AppVersion, name: string): FunctionDefinition {
  const wanted = name.toLowerCase();
  const definition = version.functions.find((candidate) => candidate.name.toLowerCase() === wanted);
  if (!definition) throw new NotFoundError(`function in the app ${version.appName}`, name);
  if (definition.disabled) {
    throw new ConflictError(
      `The function "${definition.name}" is disabled: enable it, publish again, then run the batch.`,
    );
  }
  const trigger = triggerOf(definition)?.type ?? 'no trigger';
  if (trigger.toLowerCase() === 'queuetrigger') return definition;
  throw new InvalidInputError(
    `function: "${definition.name}" has ${trigger}, and a batch's items can only go to a queueTrigger so far ` +
      '(one item a message, or a group of items with cardinality "many"). Give the function a queueTrigger and publish again.',
  );
}
