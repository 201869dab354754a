import type { StreamEnd } from './event-stream.js';

export type ResponseHeaders = Readonly<Record<string, string | string[] | number | boolean | undefined>>;

/**
 * Reads a gRPC status from response headers or trailers; either may hold it.
 * @returns undefined when there is none yet.
 */
export function statusOf(headers: ResponseHeaders): StreamEnd | undefined {
  const httpStatus = headers[':status'];
  if (httpStatus !== undefined && Number(httpStatus) !== 200) {
    return { kind: 'broken', reason: `the host answered with HTTP status ${String(httpStatus)}` };
  }
  const status = headers['grpc-status'];
  if (status === undefined) return undefined;
  if (Number(status) === 0) return { kind: 'closed' };
  const message = readMessage(headers['grpc-message']);
  return { kind: 'broken', reason: `the host ended the stream with gRPC status ${String(status)}${message}` };
}

/** The message travels percent-encoded; one that is not decodes to itself. */
function readMessage(value: ResponseHeaders[string]): string {
  if (typeof value !== 'string' || value === '') return '';
  try {
    return ` (${decodeURIComponent(value)})`;
  } catch {
    return ` (${value})`;
  }
}
