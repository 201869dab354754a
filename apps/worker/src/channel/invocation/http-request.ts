import type { NullableString, RpcHttp, TypedData } from '#shared/contracts/function-rpc/values.js';
import type { HttpRequestData } from '#shared/domain/invocation.js';
import type { WorkerCapabilities } from '../loading/worker-capabilities.js';
import { isJsonText } from './typed-data.js';

/** An HTTP request in the shape that the language worker asked for by its capabilities. */
export function rpcHttpOf(request: HttpRequestData, capabilities: WorkerCapabilities): RpcHttp {
  const body = bodyOf(request, capabilities.rawBodyBytes);
  const http: RpcHttp = { method: request.method, url: request.url };
  if (capabilities.nullableMaps) {
    http.nullableHeaders = nullable(request.headers);
    http.nullableQuery = nullable(request.query);
    http.nullableParams = nullable(request.params);
  } else {
    http.headers = capabilities.ignoreEmptyHeaders ? withoutEmpty(request.headers) : request.headers;
    http.query = request.query;
    http.params = request.params;
  }
  if (body) {
    http.body = body;
    if (!capabilities.bodyOnly) http.rawBody = rawBodyOf(body);
  }
  return http;
}

/** What goes with the invocation when the request itself is forwarded: the route's parameters, which it does not show. */
export function forwardedHttpOf(request: HttpRequestData, capabilities: WorkerCapabilities): RpcHttp {
  return capabilities.nullableMaps
    ? { nullableParams: nullable(request.params) }
    : { params: request.params };
}

function nullable(values: Readonly<Record<string, string>>): Record<string, NullableString> {
  const result: Record<string, NullableString> = {};
  for (const name of Object.keys(values)) result[name] = { value: values[name] };
  return result;
}

function withoutEmpty(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

function bodyOf(request: HttpRequestData, rawBytes: boolean): TypedData | undefined {
  const { body, bodyEncoding = 'utf8' } = request;
  if (body === undefined || body === '') return undefined;
  if (rawBytes) return { bytes: Buffer.from(body, bodyEncoding) };
  return legacyBodyOf(request.headers['content-type'] ?? '', Buffer.from(body, bodyEncoding));
}

/** How Azure's host reads a body for a language worker that does not do it by itself. */
function legacyBodyOf(contentType: string, bytes: Buffer): TypedData {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (mediaType === 'application/octet-stream' || mediaType.startsWith('multipart/')) return { bytes };
  const text = bytes.toString('utf8');
  return mediaType === 'application/json' && isJsonText(text) ? { json: text } : { string: text };
}

/** The same body unread: bytes stay bytes, JSON is text. */
function rawBodyOf(body: TypedData): TypedData {
  return body.json === undefined ? body : { string: body.json };
}
