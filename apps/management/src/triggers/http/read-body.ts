import type { IncomingMessage } from 'node:http';
import { TooLargeError } from '#shared/domain/errors.js';
import { hasBody } from '../../http/unread-body.js';

const EMPTY = Buffer.alloc(0);

/** Thrown when the client went away before its request was complete: there is nobody to answer. */
export class ClientGoneError extends Error {}

/**
 * Reads a whole body, whatever its type or encoding claims. Throws `TooLargeError` past the limit — at once when its length is
 * announced, and without reading the rest — and `ClientGoneError`.
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> | Buffer {
  if (!hasBody(request)) return EMPTY;
  const announced = request.headers['content-length'];
  const tooLarge = (): Error => new TooLargeError('body of the request', limitBytes, 'maxRequestBodyBytes');
  if (Number(announced) > limitBytes) throw tooLarge();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) {
        request.pause();
        reject(tooLarge());
      } else {
        chunks.push(chunk);
      }
    });
    request.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.once('error', (cause) => reject(new ClientGoneError('The request broke off.', { cause })));
    request.once('close', () => reject(new ClientGoneError('The request broke off.')));
  });
}
