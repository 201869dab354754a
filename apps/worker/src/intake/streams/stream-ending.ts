import type { StreamOpening } from '#shared/contracts/http-streams.js';
import type { FunctionEnding } from '../function-run.js';

/**
 * What the client of a streamed call is told when nothing has been answered over HTTP: that the function went well with an answer
 * without a body (it returned nothing), or that it did not.
 */
export function openingOf(ending: Pick<FunctionEnding, 'state' | 'output'>): StreamOpening {
  const http = ending.output?.http;
  if (ending.state !== 'succeeded' || !http) return { kind: 'ended', state: ending.state };
  return { kind: 'head', status: http.statusCode, headers: Object.entries(http.headers) };
}
