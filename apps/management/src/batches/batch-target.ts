import { ConflictError, InvalidInputError, NotFoundError } from '#shared/domain/errors.js';
import { triggerOf } from '#shared/domain/function-app.js';
import type { AppVersion, FunctionDefinition } from '#shared/domain/function-app.js';

/** Triggers whose functions take messages: an item is one. What the message's own service is does not matter to a batch. */
const MESSAGE_TRIGGERS: ReadonlySet<string> = new Set([
  'queuetrigger',
  'servicebustrigger',
  'eventhubtrigger',
]);

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
  if (MESSAGE_TRIGGERS.has(trigger.toLowerCase())) return definition;
  throw new InvalidInputError(
    `function: "${definition.name}" has ${trigger}, and a batch's items go to functions that take messages: ` +
      'queueTrigger, serviceBusTrigger, eventHubTrigger (one item a message, or a group of items with cardinality "many"). ' +
      'Give the function one of those and publish again.',
  );
}
