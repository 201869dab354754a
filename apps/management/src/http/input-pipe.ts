import { StandardSchemaValidationPipe } from '@nestjs/common';
import { z } from 'zod';
import { InvalidInputError } from '#shared/domain/errors.js';

interface Issue {
  readonly message: string;
  readonly path?: readonly unknown[] | undefined;
}

/** The pipe of `@Query({ schema, pipes: [inputPipe] })`: gives what the schema made of the input, or says what is wrong with it. */
export const inputPipe = new StandardSchemaValidationPipe({
  exceptionFactory: (issues: readonly Issue[]) => invalidInput(issues),
});

/** The `limit` of a list: how many rows a page has. */
export function pageLimit(usual: number): z.ZodDefault<z.ZodCoercedNumber> {
  const rule = 'must be a whole number from 1 to 1000';
  return z.coerce
    .number(rule)
    .int(rule)
    .min(1, rule)
    .max(1000, rule)
    .default(usual)
    .describe('How many rows at most.');
}

function invalidInput(issues: readonly Issue[]): InvalidInputError {
  const sentences = issues.map((issue) => `${fieldOf(issue)}: ${issue.message}`);
  if (sentences.length === 1) return new InvalidInputError(sentences[0] ?? '');
  return new InvalidInputError(`${sentences.length} fields of the request are wrong.`, sentences);
}

function fieldOf(issue: Issue): string {
  const path = (issue.path ?? []).map((part) =>
    typeof part === 'object' && part !== null ? (part as { key: unknown }).key : part,
  );
  return path.join('.') || 'request';
}
