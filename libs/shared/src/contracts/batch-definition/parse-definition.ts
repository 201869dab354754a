import type { z } from 'zod';
import type { BatchDefinition } from '../../domain/batch-definition.js';
import { InvalidInputError } from '../../domain/errors.js';
import { conflictsWithin } from './definition-conflicts.js';
import { batchDefinitionSchema } from './definition-schema.js';

/**
 * Makes a definition of what a client sent: checked, complete, frozen.
 * Throws `InvalidInputError` with a detail per thing that is wrong: the field (as a path), the limit and what to do.
 */
export function parseBatchDefinition(value: unknown): BatchDefinition {
  const parsed = batchDefinitionSchema.safeParse(value);
  if (!parsed.success) throw notRight('batch definition', problemsOf(parsed.error));
  const definition: BatchDefinition = parsed.data;
  const conflicts = conflictsWithin(definition);
  if (conflicts.length > 0)
    throw notRight(
      'batch definition',
      conflicts.map((conflict) => `${conflict}.`),
    );
  return Object.freeze(definition);
}

export function problemsOf(error: z.ZodError, whole = 'definition'): string[] {
  return error.issues.map(({ path, message }) => `${path.join('.') || whole}: ${message}.`);
}

export function notRight(what: string, problems: readonly string[]): InvalidInputError {
  return new InvalidInputError(`The ${what} is not right.`, problems);
}
