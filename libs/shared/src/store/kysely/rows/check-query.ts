import { InvalidInputError } from '../../../domain/errors.js';

/** Spaces and comments before the first word. */
const BEFORE = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;
const READING = /^(select|with|exec|execute)\b/i;

/**
 * Says early, and in words, what a query must be. It is no protection: that is the connection, which is opened to read, and the
 * database's own rights.
 */
export function checkQuery(query: string): void {
  const text = query.replace(BEFORE, '');
  if (READING.test(text)) return;
  throw new InvalidInputError(
    'query: must begin with SELECT or WITH (on SQL Server also EXEC, for a procedure that gives rows): it is there to read.',
  );
}
