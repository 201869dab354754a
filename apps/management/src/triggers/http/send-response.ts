import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasUnreadBody } from '../../http/unread-body.js';
import { empty, type PlainResponse } from './function-response.js';

/**
 * Writes an answer in one piece. A header that HTTP does not allow (a line break, say) makes it an empty 500: nothing of it
 * must reach the client.
 * @returns what was really sent
 */
export function sendResponse(
  request: IncomingMessage,
  response: ServerResponse,
  answer: PlainResponse,
): number {
  if (response.destroyed) return answer.status;
  try {
    writeHead(request, response, answer);
  } catch {
    return sendResponse(request, response, empty(500));
  }
  const isBare = request.method === 'HEAD' || answer.status === 204 || answer.status === 304;
  response.end(isBare ? undefined : answer.body);
  return answer.status;
}

function writeHead(request: IncomingMessage, response: ServerResponse, answer: PlainResponse): void {
  const headers: string[] = [];
  for (const [name, value] of answer.headers) headers.push(name, value);
  if (answer.status !== 204 && answer.status !== 304)
    headers.push('content-length', String(Buffer.byteLength(answer.body)));
  if (hasUnreadBody(request)) headers.push('connection', 'close');
  response.writeHead(answer.status, headers);
}
