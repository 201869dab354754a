import { InvalidInputError } from '../../../domain/errors.js';
import type { RowParameters } from '../../row-source.js';

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

/** Text, names in quotes and comments of SQL: what looks like a parameter in them is none. */
const NO_CODE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\//g;
const PARAMETER = /(?<![\w@$:])[@:$]([A-Za-z_]\w*)|\?/g;

/**
 * Says which parameter of a query has no value. For SQLite, which takes null for it: nothing equals null, so the query would give no
 * rows, and nobody would know why.
 */
export function checkParameters(query: string, parameters: RowParameters): void {
  for (const [written, name] of query.replace(NO_CODE, ' ').matchAll(PARAMETER)) {
    if (name === undefined)
      throw new InvalidInputError(
        'query: has ?, which takes no value here; name its parameters, as in @day.',
      );
    if (!Object.hasOwn(parameters, name))
      throw new InvalidInputError(
        `query: has ${written}, and parameters has none of this name; give it there.`,
      );
  }
}
