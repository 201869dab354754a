import type { ItemTrigger } from '#shared/domain/batch.js';
import type { BatchInput } from '#shared/domain/batch-definition.js';
import { ConflictError, InvalidInputError, NotFoundError } from '#shared/domain/errors.js';
import { triggerOf } from '#shared/domain/function-app.js';
import type { AppVersion, FunctionDefinition } from '#shared/domain/function-app.js';
import { httpDeclarationOf } from '../catalogue/http-declaration.js';

/** Triggers that a batch can stand in for. What a message's own service is does not matter to a batch. */
const ITEM_TRIGGER_OF: ReadonlyMap<string, ItemTrigger> = new Map([
  ['queuetrigger', 'message'],
  ['servicebustrigger', 'message'],
  ['eventhubtrigger', 'message'],
  ['httptrigger', 'http'],
  ['timertrigger', 'timer'],
]);

/** `{name}` in a route, without `{name?}` and `{name=value}`, which may be left out. */
const REQUIRED_PARAMETER = /\{\*?(\w+)(?::[^{}=?]*)?\}/;

export interface BatchTarget {
  readonly definition: FunctionDefinition;
  readonly itemTrigger: ItemTrigger;
}

/**
 * The function of a version that a batch names, in Azure's way without regard to case, if it can take what this input gives.
 * Throws `NotFoundError`, `ConflictError` (it is disabled) or `InvalidInputError` (its trigger does not fit).
 */
export function batchTarget(version: AppVersion, name: string, input: BatchInput['kind']): BatchTarget {
  const definition = enabledFunction(version, name);
  const trigger = triggerOf(definition)?.type ?? 'no trigger';
  const itemTrigger = ITEM_TRIGGER_OF.get(trigger.toLowerCase());
  if (itemTrigger === undefined) throw unfitTrigger(definition, trigger);
  if (itemTrigger === 'timer' && input !== 'none') {
    throw new InvalidInputError(
      `function and input.kind "${input}": "${definition.name}" has a timerTrigger, which takes no items. ` +
        'Say input.kind "none", or give the function another trigger and publish again.',
    );
  }
  if (itemTrigger !== 'timer' && input === 'none') {
    throw new InvalidInputError(
      `function and input.kind "none": "${definition.name}" has a ${trigger}, which needs items. ` +
        'Say where they come from, or name a function with a timerTrigger.',
    );
  }
  if (itemTrigger === 'http') checkHttp(definition);
  return { definition, itemTrigger };
}

function enabledFunction(version: AppVersion, name: string): FunctionDefinition {
  const wanted = name.toLowerCase();
  const definition = version.functions.find((candidate) => candidate.name.toLowerCase() === wanted);
  if (!definition) throw new NotFoundError(`function in the app ${version.appName}`, name);
  if (!definition.disabled) return definition;
  throw new ConflictError(
    `The function "${definition.name}" is disabled: enable it, publish again, then run the batch.`,
  );
}

function unfitTrigger(definition: FunctionDefinition, trigger: string): InvalidInputError {
  return new InvalidInputError(
    `function: "${definition.name}" has ${trigger}, and a batch runs functions with a queueTrigger, serviceBusTrigger or ` +
      'eventHubTrigger (an item is a message, or with cardinality "many" one of a group), an httpTrigger (an item is the body of ' +
      'a POST) or a timerTrigger (no items). Give the function one of those and publish again.',
  );
}

function checkHttp(definition: FunctionDefinition): void {
  const { methods = null, route = '' } = httpDeclarationOf(definition) ?? {};
  if (methods !== null && !methods.includes('POST')) {
    throw new InvalidInputError(
      `function: "${definition.name}" does not take POST (its methods: ${methods.join(', ')}), and an item is the body of one. ` +
        'Add POST to its methods and publish again.',
    );
  }
  const parameter = REQUIRED_PARAMETER.exec(route)?.[1];
  if (parameter === undefined) return;
  throw new InvalidInputError(
    `function: the route "${route}" of "${definition.name}" needs a value for {${parameter}}, and an item has none: ` +
      `make it optional ({${parameter}?}) and publish again.`,
  );
}
