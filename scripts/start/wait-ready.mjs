import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 200;
const ANSWER_WITHIN_MS = 5_000;

/**
 * Waits until a service says that it is ready.
 * @param {string} url answers 200 when ready
 * @param {{ timeoutMs: number, signal: AbortSignal }} options the signal's reason is thrown when it aborts
 * @throws {Error} with the last answer, when it is not ready in time
 */
export async function waitReady(url, { timeoutMs, signal }) {
  const deadline = performance.now() + timeoutMs;
  let last = 'nothing';
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    const answer = await look(url);
    if (answer === undefined) return;
    last = answer;
    await sleep(LOOK_MS);
  }
  throw new Error(`${url} is not ready after ${timeoutMs / 1_000} s; its last answer was ${last}`);
}

/** @param {string} url @returns {Promise<string | undefined>} undefined: ready; else what it said instead */
async function look(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const text = await response.text();
    return response.ok ? undefined : `${response.status} ${text.slice(0, 300)}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message : String(cause);
  }
}
