import type { HttpResponseData } from '#shared/domain/invocation.js';
import type { HttpStreamHead } from '../language-worker-channel.js';
import { parseSetCookie } from './set-cookie.js';

/** Said by who writes the body. */
const OF_THE_BODY = new Set(['content-length']);

/** Status, headers and cookies of a response that came over HTTP, as responses are recorded. Its body is not among them. */
export function recordedHead({ status, headers }: HttpStreamHead): HttpResponseData {
  const joined = new Map<string, string>();
  const cookies = headers.flatMap(([name, value]) => (isCookie(name) ? [parseSetCookie(value)] : []));
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (isCookie(name) || OF_THE_BODY.has(lower)) continue;
    const before = joined.get(lower);
    joined.set(lower, before === undefined ? value : `${before}, ${value}`);
  }
  return {
    statusCode: status,
    headers: Object.fromEntries(joined),
    ...(cookies.length > 0 ? { cookies } : {}),
  };
}

function isCookie(name: string): boolean {
  return name.toLowerCase() === 'set-cookie';
}
