import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 250;
const ANSWER_WITHIN_MS = 5_000;

/**
 * @typedef {{ name: string, runtime: 'docker' | 'process' }} ReadyMachine
 * @typedef {ReadyMachine & { state: string, reason: string, lastSeenAt: string }} ListedMachine
 */

/**
 * Waits until a worker has told management that it is ready.
 * @param {string} managementUrl
 * @param {{ adminKey: string | undefined, sinceMs: number, timeoutMs: number, signal: AbortSignal }} options
 * sinceMs: a sign of life from before does not count, it is that of an earlier start
 * @returns {Promise<ReadyMachine>}
 * @throws {Error} which says what the machines said instead
 */
export async function waitMachine(managementUrl, { adminKey, sinceMs, timeoutMs, signal }) {
  const deadline = performance.now() + timeoutMs;
  /** @type {ListedMachine[]} */
  let seen = [];
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    seen = (await listedMachines(managementUrl, adminKey)).filter(
      (one) => Date.parse(one.lastSeenAt) >= sinceMs,
    );
    const ready = seen.find(({ state }) => state === 'ready');
    if (ready) return ready;
    await sleep(LOOK_MS);
  }
  const words = seen.map(({ name, state, reason }) => `${name} is ${state}${reason ? ` (${reason})` : ''}`);
  throw new Error(`No worker is ready after ${timeoutMs / 1_000} s; ${words.join(', ') || 'none was seen'}`);
}

/** @param {string} managementUrl @param {string | undefined} adminKey @returns {Promise<ListedMachine[]>} */
async function listedMachines(managementUrl, adminKey) {
  const response = await fetch(`${managementUrl}/api/v1/machines`, {
    headers: adminKey ? { 'x-functions-key': adminKey } : {},
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  if (!response.ok) throw new Error(`${response.url} answered ${response.status} ${await response.text()}`);
  return /** @type {{ machines: ListedMachine[] }} */ (await response.json()).machines;
}
