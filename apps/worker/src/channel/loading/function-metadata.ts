import { z } from 'zod';
import { bindingsSchema } from '#shared/contracts/function-json-binding.js';
import { checkJsonFile, jsonOf } from '#shared/contracts/function-json-file.js';
import { functionNameProblem } from '#shared/contracts/function-json.js';
import {
  RpcRetryStrategy,
  type RpcDuration,
  type RpcFunctionMetadata,
  type RpcRetryOptions,
} from '#shared/contracts/function-rpc/messages.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { FunctionDefinition } from '#shared/domain/function-app.js';
import type { RetryPolicy } from '#shared/domain/retry-policy.js';

/** A function that a language worker found by itself (programming model v4). */
export interface IndexedFunction {
  readonly functionId: string;
  readonly definition: FunctionDefinition;
}

const metadataSchema = z.object({ bindings: bindingsSchema });

/**
 * Checks what a language worker says of a function. A binding's settings stand in `rawBindings` alone.
 * Throws `InvalidInputError` that names the function and what is wrong with it.
 */
export function indexedFunctionOf(metadata: RpcFunctionMetadata): IndexedFunction {
  const name = metadata.name ?? '';
  const nameProblem = functionNameProblem(name);
  if (nameProblem !== null)
    throw new InvalidInputError(`A function is called "${name}", but ${nameProblem}.`);
  const where = `Function "${name}"`;
  const bindings = (metadata.rawBindings ?? []).map((raw) => jsonOf(`A binding of function "${name}"`, raw));
  return {
    functionId: metadata.functionId || name,
    definition: {
      name,
      programmingModel: 'v4',
      bindings: checkJsonFile(where, { bindings }, metadataSchema).bindings,
      retry: metadata.retryOptions && retryPolicyOf(where, metadata.retryOptions),
      disabled: false,
    },
  };
}

function retryPolicyOf(where: string, options: RpcRetryOptions): RetryPolicy {
  const maxRetryCount = options.maxRetryCount ?? 0;
  if (maxRetryCount < -1) {
    throw new InvalidInputError(`${where}: retry.maxRetryCount must be -1 (without end), 0 or more.`);
  }
  if (options.retryStrategy === RpcRetryStrategy.FixedDelay) {
    return { strategy: 'fixedDelay', maxRetryCount, delayMs: millisecondsOf(options.delayInterval) };
  }
  const minimumDelayMs = millisecondsOf(options.minimumInterval);
  const maximumDelayMs = millisecondsOf(options.maximumInterval);
  if (minimumDelayMs > maximumDelayMs) {
    throw new InvalidInputError(`${where}: retry.minimumInterval must not be longer than maximumInterval.`);
  }
  return { strategy: 'exponentialBackoff', maxRetryCount, minimumDelayMs, maximumDelayMs };
}

function millisecondsOf(duration: RpcDuration | undefined): number {
  return (duration?.seconds ?? 0) * 1000 + (duration?.nanos ?? 0) / 1_000_000;
}
