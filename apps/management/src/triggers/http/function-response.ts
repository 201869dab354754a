import type { InvocationReply } from '#shared/contracts/replies.js';
import type { HttpCookie, HttpResponseData } from '#shared/domain/invocation.js';

/** An answer, ready to be written. */
export interface PlainResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Text stays text: Node sends it in one piece with the headers. */
  readonly body: string | Buffer;
}

/** Belong to a connection and not to a response (RFC 9110, 7.6.1), or are counted here. */
const OWN_HEADERS = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * What a client is told of an invocation's end. As in Azure a function that fails is 500 with an empty body: its error is in
 * the invocation's record, not for strangers. Azure's host dies of a time-out, which clients see as a gateway's error: 504
 * here. What is not the function's doing (`cancelled`, `abandoned`) is 503.
 */
export function responseOf(reply: InvocationReply): PlainResponse {
  switch (reply.state) {
    case 'succeeded':
      return reply.output?.http ? functionsOwn(reply.output.http) : empty(204);
    case 'failed':
      return empty(500);
    case 'timedOut':
      return empty(504);
    case 'cancelled':
    case 'abandoned':
      return empty(503);
  }
}

export function empty(status: number): PlainResponse {
  return { status, headers: [], body: '' };
}

/** Adds headers that are not there yet: what the function says wins over `customHeaders`. */
export function withHeaders(response: PlainResponse, headers: PlainResponse['headers']): PlainResponse {
  if (headers.length === 0) return response;
  const there = new Set(response.headers.map(([name]) => name.toLowerCase()));
  const added = headers.filter(([name]) => !there.has(name.toLowerCase()));
  return { ...response, headers: [...response.headers, ...added] };
}

/** A status that HTTP does not know as a final one would break the connection: the function failed, then. */
function functionsOwn(http: HttpResponseData): PlainResponse {
  const { statusCode } = http;
  if (!Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599) return empty(500);
  const headers = Object.entries(http.headers).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
  const cookies = (http.cookies ?? []).map((cookie) => ['set-cookie', cookieText(cookie)] as const);
  return { status: statusCode, headers: [...headers, ...cookies], body: bodyOf(http) };
}

function bodyOf({ body = '', bodyEncoding }: HttpResponseData): string | Buffer {
  return bodyEncoding === 'base64' ? Buffer.from(body, 'base64') : body;
}

/** RFC 6265; the value is escaped where it would end the cookie. */
function cookieText(cookie: HttpCookie): string {
  const parts = [`${cookie.name}=${encodeURIComponent(cookie.value)}`];
  if (cookie.domain !== undefined) parts.push(`Domain=${cookie.domain}`);
  if (cookie.path !== undefined) parts.push(`Path=${cookie.path}`);
  if (cookie.expiresAt !== undefined) parts.push(`Expires=${new Date(cookie.expiresAt).toUTCString()}`);
  if (cookie.maxAgeSeconds !== undefined) parts.push(`Max-Age=${cookie.maxAgeSeconds}`);
  if (cookie.secure === true) parts.push('Secure');
  if (cookie.httpOnly === true) parts.push('HttpOnly');
  if (cookie.sameSite !== undefined) parts.push(`SameSite=${cookie.sameSite}`);
  return parts.join('; ');
}
