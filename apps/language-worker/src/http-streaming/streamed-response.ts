import type { CoreHttp } from '../core-module/core-types.js';
import type { StreamedAnswer } from './http-exchange.js';
import { parseSetCookie } from './set-cookie.js';

/** Headers of the loopback connection, or of the library's server: not the function's. */
const NOT_THE_FUNCTIONS = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-ms-invocation-id',
]);

/** @returns a streamed response as an ordinary one. */
export function toCoreHttp(answer: StreamedAnswer): CoreHttp {
  const headers = new Map<string, string>();
  const cookies: string[] = [];
  for (let index = 0; index < answer.rawHeaders.length; index += 2) {
    const name = answer.rawHeaders[index]!.toLowerCase();
    const value = answer.rawHeaders[index + 1]!;
    if (name === 'set-cookie') cookies.push(value);
    else if (!NOT_THE_FUNCTIONS.has(name)) {
      const before = headers.get(name);
      headers.set(name, before === undefined ? value : `${before}, ${value}`);
    }
  }
  return {
    statusCode: String(answer.status),
    headers: Object.fromEntries(headers),
    cookies: cookies.map(parseSetCookie),
    body: { bytes: answer.body },
  };
}
