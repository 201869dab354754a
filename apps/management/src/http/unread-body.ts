import type { IncomingMessage } from 'node:http';

/** Whether the client says that something follows the headers. */
export function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  return headers['content-length'] !== undefined && headers['content-length'] !== '0';
}

/**
 * Whether a part of the request's body still comes. Its connection can't be kept then: what was not read of a refused upload
 * stands before the next request.
 */
export function hasUnreadBody(request: IncomingMessage): boolean {
  return !request.complete && hasBody(request);
}
