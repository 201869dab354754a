import { posix } from 'node:path';
import { RpcStatus, type StatusResult } from '#shared/contracts/function-rpc/messages.js';

/** A message of several thousand characters (a bundle's line, quoted) tells nobody more. */
const MESSAGE_LENGTH_MAX = 2000;

/**
 * What is wrong, as one sentence with the place in the app where it is known; null when the result is a success.
 * @param subject what failed, for a result that says nothing
 * @param appDirectory the app's folder as the language worker sees it; paths are shown relative to it
 */
export function loadProblemOf(
  result: StatusResult | undefined,
  subject: string,
  appDirectory: string,
): string | null {
  if (!result || result.status === RpcStatus.Success) return null;
  const { message, stackTrace = '' } = result.exception ?? {};
  const said = message || result.result || `${subject} failed without saying why`;
  const place = placeOf(stackTrace, appDirectory);
  const sentence = relativeTo(appDirectory, said)
    .replace(/\s*\n\s*/g, ' ')
    .trim()
    .slice(0, MESSAGE_LENGTH_MAX);
  return place === null || sentence.includes(place) ? sentence : `${place}: ${sentence}`;
}

/** The first line of the app itself that a stack names, as `src/hello.js:3`; packages are mostly not to blame. */
function placeOf(stack: string, appDirectory: string): string | null {
  const folder = withSlash(appDirectory);
  for (const line of stack.split('\n')) {
    const start = line.indexOf(folder);
    if (start < 0) continue;
    const place = /^[^\s:)]+:\d+/.exec(line.slice(start + folder.length))?.[0];
    if (place !== undefined && !place.includes('node_modules/')) return place;
  }
  return null;
}

function relativeTo(appDirectory: string, text: string): string {
  return text.replaceAll(`file://${withSlash(appDirectory)}`, '').replaceAll(withSlash(appDirectory), '');
}

function withSlash(appDirectory: string): string {
  return posix.join(appDirectory, '/');
}
