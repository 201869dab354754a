import { z } from 'zod';
import type { Binding } from '../domain/function-app.js';
import type { RetryPolicy } from '../domain/retry-policy.js';
import { bindingsSchema } from './function-json-binding.js';
import { checkJsonFile, jsonOf } from './function-json-file.js';
import { retrySchema } from './function-json-retry.js';

/** What a `function.json` says (programming model v3). */
export interface FunctionJson {
  /** The trigger first. */
  readonly bindings: readonly Binding[];
  /** Relative to the function's folder. */
  readonly scriptFile?: string | undefined;
  readonly entryPoint?: string | undefined;
  readonly retry?: RetryPolicy | undefined;
  readonly disabled: boolean;
}

const functionJsonSchema = z.looseObject(
  {
    bindings: bindingsSchema,
    scriptFile: z.string('must be a path').min(1, 'must not be empty').nullish(),
    entryPoint: z.string('must be the name of an exported function').min(1, 'must not be empty').nullish(),
    retry: retrySchema.nullish(),
    disabled: z.boolean('must be true or false').default(false),
  },
  'must hold a JSON object',
);

/**
 * Reads a `function.json`. Keys that Nightjar does not know are passed over.
 * Throws `InvalidInputError`, whose message and details begin with the file's name.
 * @param file for the messages, for example `hello/function.json`
 */
export function parseFunctionJson(file: string, text: string): FunctionJson {
  const parsed = checkJsonFile(file, jsonOf(file, text), functionJsonSchema);
  return {
    bindings: parsed.bindings,
    scriptFile: parsed.scriptFile ?? undefined,
    entryPoint: parsed.entryPoint ?? undefined,
    retry: parsed.retry ?? undefined,
    disabled: parsed.disabled,
  };
}

const FUNCTION_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,127}$/;

/** What is wrong with a function's name, as the end of a sentence; null when it is a good one. */
export function functionNameProblem(name: string): string | null {
  if (name.toLowerCase() === 'host') return '"host" is a name that Azure keeps for itself';
  if (FUNCTION_NAME.test(name)) return null;
  return 'a function\'s name begins with a letter and goes on with letters, digits, "_" and "-", 128 at most';
}
