import type { IncomingHttpHeaders } from 'node:http';
import { InvalidInputError } from '#shared/domain/errors.js';

/** RFC 7240: the client wants no answer but where to ask for it. */
export function wantsAsync(headers: IncomingHttpHeaders): boolean {
  const prefer = headers['prefer'];
  if (prefer === undefined) return false;
  const text = Array.isArray(prefer) ? prefer.join(',') : prefer;
  return text.split(',').some((preference) => /^\s*respond-async\s*(;|$)/i.test(preference));
}

/** Undefined when the client sent none. Throws `InvalidInputError`. */
export function idempotencyKeyOf(headers: IncomingHttpHeaders): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new InvalidInputError('Idempotency-Key must be 1 to 200 printable ASCII characters without spaces.');
}

/** The key of a function call: the header before the query. */
export function functionKeyOf(
  headers: IncomingHttpHeaders,
  query: Readonly<Record<string, string>>,
): string | undefined {
  const header = headers['x-functions-key'];
  return typeof header === 'string' && header !== '' ? header : query['code'];
}
