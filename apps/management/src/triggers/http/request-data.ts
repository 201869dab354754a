import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { parse as parseQuery } from 'node:querystring';
import type { HttpRequestData } from '#shared/domain/invocation.js';

/** A request's target, divided once. */
export interface RequestTarget {
  /** As it came, not decoded. */
  readonly path: string;
  /** Without the "?"; empty when there is none. */
  readonly queryText: string;
  readonly query: Readonly<Record<string, string>>;
}

const KEY_HEADER = 'x-functions-key';
const NO_QUERY: Readonly<Record<string, string>> = Object.freeze({});

/** `http://` in a request line is a proxy's form; the host is in its own header all the same. */
export function targetOf(url: string): RequestTarget {
  const relative = url.startsWith('/') ? url : url.replace(/^[a-z]+:\/\/[^/?]*/i, '') || '/';
  const mark = relative.indexOf('?');
  if (mark < 0) return { path: relative, queryText: '', query: NO_QUERY };
  const queryText = relative.slice(mark + 1);
  return { path: relative.slice(0, mark), queryText, query: queryOf(queryText) };
}

/**
 * The target without the function key in it. A key is Nightjar's business: the function has no use for it, and it must not lie
 * in the invocation's record. Functions that anybody may call keep theirs: there `code` is what an OAuth server sends.
 */
export function withoutKey(target: RequestTarget): RequestTarget {
  if (target.query['code'] === undefined) return target;
  const { code: _key, ...query } = target.query;
  const kept = target.queryText.split('&').filter((part) => !('code' in parseQuery(part)));
  return { ...target, queryText: kept.join('&'), query };
}

/** Several values of one name are joined by commas, as Azure's host joins them. */
function queryOf(text: string): Readonly<Record<string, string>> {
  const query: Record<string, string> = {};
  // Unlimited: the request line's own limit is limit enough, and a dropped parameter would be a silent change.
  for (const [name, value] of Object.entries(parseQuery(text, '&', '=', { maxKeys: 0 }))) {
    query[name] = Array.isArray(value) ? value.join(',') : (value ?? '');
  }
  return query;
}

/** The request as the function sees it. */
export function requestData(
  request: Pick<IncomingMessage, 'method' | 'headers'>,
  target: RequestTarget,
  origin: string,
  params: Readonly<Record<string, string>>,
  body: Buffer,
): HttpRequestData {
  const query = target.queryText === '' ? '' : `?${target.queryText}`;
  return {
    method: request.method ?? 'GET',
    url: `${origin}${target.path}${query}`,
    headers: headersOf(request.headers),
    query: target.query,
    params,
    ...bodyOf(body),
  };
}

/** Node has lower-cased the names and joined what came twice, but for `set-cookie`. The key is left out (see `withoutKey`). */
function headersOf(headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || name === KEY_HEADER) continue;
    flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}

/** Text stays text, which costs nothing to carry; anything else is base64. */
function bodyOf(body: Buffer): Pick<HttpRequestData, 'body' | 'bodyEncoding'> {
  if (body.length === 0) return {};
  if (isUtf8(body)) return { body: body.toString('utf8'), bodyEncoding: 'utf8' };
  return { body: body.toString('base64'), bodyEncoding: 'base64' };
}
