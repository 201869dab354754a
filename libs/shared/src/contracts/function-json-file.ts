import type { z } from 'zod';
import { InvalidInputError } from '../domain/errors.js';

/**
 * Checks the content of a JSON file that a person wrote.
 * Throws `InvalidInputError`: the first thing that is wrong is its message, what else is wrong its details, a sentence each;
 * every sentence begins with the file's name and the field's path. So the schema's messages go on from there ("must be …").
 * @param file its name for the messages
 */
export function checkJsonFile<Schema extends z.ZodType>(
  file: string,
  value: unknown,
  schema: Schema,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [first, ...others] = result.error.issues.map((issue) => describeIssue(file, issue));
  throw new InvalidInputError(first ?? `${file} is not valid.`, others);
}

/** Throws `InvalidInputError` with the place of the mistake. */
export function jsonOf(file: string, text: string): unknown {
  try {
    // Some editors on Windows begin a file with a byte order mark, which JSON.parse does not know.
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch (error) {
    throw new InvalidInputError(`${file} is not valid JSON: ${(error as Error).message}.`);
  }
}

function describeIssue(file: string, issue: z.core.$ZodIssue): string {
  const path = issue.path.reduce<string>(
    (all, key) =>
      typeof key === 'number' ? `${all}[${key}]` : all === '' ? String(key) : `${all}.${String(key)}`,
    '',
  );
  return path === '' ? `${file} ${issue.message}.` : `${file}: ${path} ${issue.message}.`;
}
