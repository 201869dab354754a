import { z } from 'zod';
import { InvalidInputError } from '../../domain/errors.js';
import type { Holiday } from '../../domain/scheduling/calendar.js';

const date = z.iso.date('must be a date such as "2026-12-25"');
const holiday = z.strictObject(
  { date, name: z.string('must be text').max(255, 'must have at most 255 characters').default('') },
  'must be a date, or an object with the fields date and name',
);
const list = z.array(z.union([date.transform((day) => ({ date: day, name: '' })), holiday]));

/**
 * Reads a JSON list of holidays: dates, or objects with `date` and `name`.
 * @throws InvalidInputError with a detail per entry that is wrong
 */
export function holidaysOfJson(text: string): readonly Holiday[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(`The file is not JSON: ${(error as Error).message}.`, [], { cause: error });
  }
  const parsed = list.safeParse(value);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => {
    const { path, message } = deepest(issue);
    return `holidays${path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')}: ${message}`;
  });
  throw new InvalidInputError('The list of holidays is not right.', details);
}

/** What is wrong with the form that an entry comes closest to. */
function deepest(issue: z.core.$ZodIssue): Pick<z.core.$ZodIssue, 'path' | 'message'> {
  if (issue.code !== 'invalid_union') return issue;
  const all = issue.errors.flat();
  const closest = all.find(({ path }) => path.length > 0) ?? all.at(-1);
  return closest ? { path: [...issue.path, ...closest.path], message: closest.message } : issue;
}
