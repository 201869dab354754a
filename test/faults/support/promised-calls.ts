import { join } from 'node:path';
import { expect } from '@jest/globals';
import { invocationEnd } from '../../support/invocation-api.js';
import { executionCounts } from '../../support/item-app.js';
import type { Stack } from '../../support/stack.js';

/** HTTP calls that were answered with 202: they will run, whatever breaks. */
export interface PromisedCalls {
  readonly ids: readonly string[];
  /** Where they note that they are executed. */
  readonly file: string;
}

/** Makes so many calls of `itemApp`'s `call` that nobody waits for. */
export async function promiseCalls(
  stack: Stack,
  folder: string,
  count: number,
  ms: number,
): Promise<PromisedCalls> {
  const file = join(folder, `calls-${count}-${ms}`);
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const ids = await Promise.all(numbers.map((id) => promiseCall(stack, JSON.stringify({ id, file, ms }))));
  return { ids, file };
}

async function promiseCall(stack: Stack, body: string): Promise<string> {
  const response = await fetch(`${stack.url}/apps/items/api/call`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'respond-async' },
    body,
  });
  expect(response.status).toBe(202);
  return ((await response.json()) as { id: string }).id;
}

/** Waits until each has ended, well, with the response of its own. */
export async function expectPromisesKept(
  stack: Stack,
  calls: PromisedCalls,
  timeoutMs: number,
): Promise<void> {
  const records = await Promise.all(calls.ids.map((id) => invocationEnd(stack.url, id, timeoutMs)));
  expect(records.map(({ state }) => state)).toEqual(calls.ids.map(() => 'succeeded'));
  const bodies = records.map(({ output }) => (output as { http: { body: string } }).http.body);
  expect(bodies.map((body) => (JSON.parse(body) as { id: number }).id)).toEqual(
    calls.ids.map((_, index) => index + 1),
  );
  expect(executionCounts(calls.file).distinct).toBe(calls.ids.length);
}
