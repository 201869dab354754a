import {
  RpcSameSite,
  typedDataKind,
  type RpcHttp,
  type RpcHttpCookie,
  type TypedData,
} from '#shared/contracts/function-rpc/values.js';
import type { HttpCookie, HttpResponseData } from '#shared/domain/invocation.js';
import { textOf, type EncodedText } from './typed-data.js';

/** Thrown when a function's HTTP response can't be sent to anybody. */
export class InvalidHttpResponseError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidHttpResponseError';
  }
}

/** Azure's answer for a function that returned nothing. */
const NO_CONTENT: HttpResponseData = { statusCode: 204, headers: {} };

/**
 * The HTTP response that a function gave, by its return value or its HTTP output.
 * Throws `InvalidHttpResponseError` when it is not an HTTP response, or has a status that HTTP does not know.
 */
export function httpResponseOf(data: TypedData | undefined): HttpResponseData {
  const kind = data && typedDataKind(data);
  if (!data || kind === undefined || data.json === 'null') return NO_CONTENT;
  if (!data.http) {
    throw new InvalidHttpResponseError(
      `The function returned a ${kind} where an HTTP response (an object with status, headers, body) was expected.`,
    );
  }
  return responseOf(data.http);
}

function responseOf(http: RpcHttp): HttpResponseData {
  const headers = headersOf(http);
  const body = bodyOf(http.body);
  if (body && !('content-type' in headers)) {
    const contentType = contentTypeOf(http.body);
    if (contentType) headers['content-type'] = contentType;
  }
  const cookies = http.cookies ?? [];
  return {
    statusCode: statusOf(http.statusCode),
    headers,
    ...(cookies.length > 0 ? { cookies: cookies.map(cookieOf) } : {}),
    ...(body ? { body: body.text, bodyEncoding: body.encoding } : {}),
  };
}

/** A status below 200 is no end of a request, and above 599 no class of answer that a client knows. */
function statusOf(text: string | undefined): number {
  if (text === undefined || text === '') return 200;
  const status = Number(text);
  if (Number.isInteger(status) && status >= 200 && status <= 599) return status;
  throw new InvalidHttpResponseError(
    `The function returned the HTTP status ${text}; it must be from 200 to 599.`,
  );
}

function headersOf(http: RpcHttp): Record<string, string> {
  const headers: Record<string, string> = {};
  const { headers: plain = {}, nullableHeaders = {} } = http;
  for (const name of Object.keys(plain)) headers[name.toLowerCase()] = plain[name] as string;
  for (const name of Object.keys(nullableHeaders)) {
    headers[name.toLowerCase()] = nullableHeaders[name]?.value ?? '';
  }
  return headers;
}

/** Undefined for an empty body. */
function bodyOf(body: TypedData | undefined): EncodedText | undefined {
  if (!body) return undefined;
  const bytes = body.bytes ?? body.stream;
  if (bytes !== undefined) return bytes.length === 0 ? undefined : textOf(bytes);
  const value = body.string ?? body.json ?? body.int ?? body.double;
  return value === undefined || value === '' ? undefined : { text: String(value), encoding: 'utf8' };
}

/** What Azure's host adds for a function that names no type: only where the language worker kept the kind of value. */
function contentTypeOf(body: TypedData | undefined): string | undefined {
  if (body?.json !== undefined) return 'application/json; charset=utf-8';
  return body?.bytes === undefined && body?.stream === undefined ? 'text/plain; charset=utf-8' : undefined;
}

const SAME_SITE = {
  [RpcSameSite.None]: undefined,
  [RpcSameSite.Lax]: 'Lax',
  [RpcSameSite.Strict]: 'Strict',
  [RpcSameSite.ExplicitNone]: 'None',
} as const;

function cookieOf(cookie: RpcHttpCookie): HttpCookie {
  const expires = cookie.expires?.value;
  return {
    name: cookie.name ?? '',
    value: cookie.value ?? '',
    domain: cookie.domain?.value,
    path: cookie.path?.value,
    expiresAt: expires && (expires.seconds ?? 0) * 1000 + Math.floor((expires.nanos ?? 0) / 1_000_000),
    secure: cookie.secure?.value,
    httpOnly: cookie.httpOnly?.value,
    sameSite: SAME_SITE[cookie.sameSite ?? RpcSameSite.None],
    maxAgeSeconds: cookie.maxAge?.value,
  };
}
