import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 250;
const ANSWER_WITHIN_MS = 5_000;
const OWNERS_HINT =
  'Its policy or its owner keeps work away. Nobody has to leave this machine for a trial: start with ' +
  'NIGHTJAR_CAPACITY_PROFILE=dedicated, look at `nightjar policies` for what management says, and end a snooze with `owner --snooze off`.';

/**
 * @typedef {{ name: string, runtime: 'docker' | 'process' }} ReadyMachine
 * @typedef {ReadyMachine & { state: string, reason: string, lastSeenAt: string }} ListedMachine
 */

/**
 * Waits until a worker has told management that it is ready.
 * @param {string} managementUrl
 * @param {{ adminKey: string | undefined, sinceMs: number, timeoutMs: number, signal: AbortSignal, say: (line: string) => void }} options
 * sinceMs: a sign of life from before does not count, it is that of an earlier start; say: hears once why there is none yet
 * @returns {Promise<ReadyMachine>}
 * @throws {Error} which says what the machines said instead
 */
export async function waitMachine(managementUrl, { adminKey, sinceMs, timeoutMs, signal, say }) {
  const deadline = performance.now() + timeoutMs;
  /** @type {ListedMachine[]} */
  let seen = [];
  let hasSaid = false;
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    seen = (await listedMachines(managementUrl, adminKey)).filter(
      (one) => Date.parse(one.lastSeenAt) >= sinceMs,
    );
    const ready = seen.find(({ state }) => state === 'ready');
    if (ready) return ready;
    const owned = seen.find(({ state }) => state === 'owner');
    if (owned && !hasSaid) say(`${inWords(owned)}. ${OWNERS_HINT}`);
    hasSaid ||= owned !== undefined;
    await sleep(LOOK_MS);
  }
  const words = seen.map(inWords).join(', ') || 'none was seen';
  throw new Error(
    `No worker is ready after ${timeoutMs / 1_000} s; ${words}${hasSaid ? `. ${OWNERS_HINT}` : ''}`,
  );
}

/** @param {ListedMachine} machine */
function inWords({ name, state, reason }) {
  return `${name} is ${state}${reason ? ` (${reason})` : ''}`;
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
