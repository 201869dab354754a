import { z } from 'zod';
import type { HttpHeader } from '../domain/http-headers.js';
import type { InvocationState } from '../domain/invocation.js';

/**
 * A streamed call between management, which holds the client's connection, and the worker that runs it. The worker opens both
 * requests, with `Authorization: Bearer <the call's token>` and the id of its try:
 * - GET `…/request`: the request's body. It claims the call; management refuses a second try while the first lives (409), and
 *   every try once a body has begun to flow or the call is over (410).
 * - POST `…/response`: one line that says how the response begins (`StreamOpening`), then its body. A request that breaks off is
 *   a response that broke off; management breaks it off when the client has gone.
 */
export const STREAM_ROUTE = '/internal/streams';

export const TRY_PARAMETER = 'try';

export function streamPath(id: string, part: 'request' | 'response', tryId: string): string {
  return `${STREAM_ROUTE}/${id}/${part}?${TRY_PARAMETER}=${tryId}`;
}

/** How a streamed response begins: with status and headers, or not at all, because the function had ended without. */
export type StreamOpening =
  | { readonly kind: 'head'; readonly status: number; readonly headers: readonly HttpHeader[] }
  | { readonly kind: 'ended'; readonly state: Exclude<InvocationState, 'queued'> };

/** Deliberately large: headers of a function are its own business, but not without any limit. */
export const OPENING_BYTES_MAX = 256 * 1024;

const LINE_END = 0x0a;

const openingSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('head'),
    status: z.number().int().min(200).max(599),
    headers: z.array(z.tuple([z.string(), z.string()])),
  }),
  z.object({
    kind: z.literal('ended'),
    state: z.enum(['succeeded', 'failed', 'timedOut', 'cancelled', 'abandoned']),
  }),
]);

export function encodeOpening(opening: StreamOpening): Buffer {
  return Buffer.from(`${JSON.stringify(opening)}\n`);
}

/** What the first bytes of a response hold. `restAt` is where its body begins. */
export type ReadOpening =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'read'; readonly opening: StreamOpening; readonly restAt: number };

/** @param bytes all that has come so far */
export function readOpening(bytes: Buffer): ReadOpening {
  const end = bytes.indexOf(LINE_END);
  if (end < 0) return { kind: bytes.length < OPENING_BYTES_MAX ? 'incomplete' : 'invalid' };
  const parsed = openingSchema.safeParse(jsonOf(bytes.toString('utf8', 0, end)));
  return parsed.success ? { kind: 'read', opening: parsed.data, restAt: end + 1 } : { kind: 'invalid' };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
