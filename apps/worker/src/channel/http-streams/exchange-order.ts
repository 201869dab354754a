import { endToEndHeaders, type HttpHeader } from '#shared/domain/http-headers.js';
import type { HttpRequestData } from '#shared/domain/invocation.js';

/** A request as it goes to a language worker's HTTP server. */
export interface ExchangeOrder {
  readonly method: string;
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

/** Said anew for the connection to the language worker, or answered already. */
const OWN_HEADERS = new Set([
  'host',
  'expect',
  'content-length',
  'x-ms-invocation-id',
  'x-forwarded-host',
  'x-forwarded-proto',
]);

/**
 * What Azure's host forwards: the request as it came, with the invocation that it belongs to and the origin that its client had
 * in mind.
 * @param body how long the body is: null where there is none, undefined where nobody knows
 */
export function exchangeOrderOf(
  invocationId: string,
  request: Pick<HttpRequestData, 'method' | 'url' | 'headers'>,
  server: { readonly host: string },
  body: number | null | undefined,
): ExchangeOrder {
  const url = new URL(request.url);
  const passedOn = endToEndHeaders(Object.entries(request.headers)).filter(
    ([name]) => !OWN_HEADERS.has(name),
  );
  const headers: HttpHeader[] = [
    ['host', server.host],
    ...passedOn,
    ['x-ms-invocation-id', invocationId],
    ['x-forwarded-host', url.host],
    ['x-forwarded-proto', url.protocol.replace(':', '')],
    ...lengthHeader(body),
  ];
  return { method: request.method, path: `${url.pathname}${url.search}`, headers: headers.flat() };
}

function lengthHeader(body: number | null | undefined): HttpHeader[] {
  if (body === null) return [];
  return [body === undefined ? ['transfer-encoding', 'chunked'] : ['content-length', String(body)]];
}

/** How long a request's body is by its headers: null for none, undefined for one that comes in chunks. */
export function bodyLengthOf(headers: HttpRequestData['headers']): number | null | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  const length = headers['content-length'];
  return length === undefined || length === '0' ? null : Number(length);
}
