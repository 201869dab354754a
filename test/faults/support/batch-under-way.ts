import { join } from 'node:path';
import { expect } from '@jest/globals';
import { runEnd, startBatch, type Run } from '../../support/batch-api.js';
import { queryNumber, queryRows } from '../../support/database.js';
import { brokenInvariants } from '../../support/invariants.js';
import { executionCounts, itemInput } from '../../support/item-app.js';
import type { Stack, StackOptions } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

/** A batch of `itemApp` that goes on while something breaks. */
export interface BatchUnderWay {
  readonly runId: string;
  readonly items: number;
  /** Where its items note that they are executed. */
  readonly file: string;
}

/** Small chunks, so that a fault hits some that are done, some that go on and some that are to come. */
const CHUNK_ITEMS = 100;

/** What every fault test has: chunks of that size, one a worker at a time, and a reconciler that looks often. */
export const FAULT_SETTINGS = {
  managementSettings: {
    NIGHTJAR_FIRST_CHUNK_ITEMS: String(CHUNK_ITEMS),
    NIGHTJAR_MAX_CHUNK_ITEMS: String(CHUNK_ITEMS),
    NIGHTJAR_RECONCILE_INTERVAL_SECONDS: '2',
    NIGHTJAR_RECONCILE_SILENT_SECONDS: '2',
  },
  workerSettings: {
    NIGHTJAR_CHUNK_CONCURRENCY: '1',
    NIGHTJAR_ITEMS_IN_FLIGHT: '16',
    NIGHTJAR_HEARTBEAT_SECONDS: '2',
  },
} as const satisfies StackOptions;

/** Starts a batch and waits until some of it is done and most of it is not. */
export async function batchUnderWay(
  stack: Stack,
  folder: string,
  items: number,
  itemMs: number,
): Promise<BatchUnderWay> {
  const file = join(folder, `items-${items}-${itemMs}`);
  const order = { app: 'items', function: 'item', input: itemInput(file, items, itemMs) };
  const { runId } = await startBatch(stack.url, order);
  await waitFor(() => recorded(stack, runId) >= items / 10, { timeoutMs: 60_000, what: 'the first tenth' });
  expect(recorded(stack, runId)).toBeLessThan(items * 0.8);
  return { runId, items, file };
}

/** Items with an outcome in SQL. */
export function recorded(stack: Stack, runId: string): number {
  return queryNumber(stack.databaseUrl, 'SELECT count(*) FROM batch_items WHERE run_id = ?', runId);
}

/**
 * Waits for the end of the run and looks in SQL: each item has one result, its own, and was executed at least once; work that was
 * done again is not more than a few chunks. And the invariants hold.
 */
export async function expectOneResultEach(
  stack: Stack,
  batch: BatchUnderWay,
  timeoutMs: number,
): Promise<Run> {
  const { runId, items, file } = batch;
  const run = await runEnd(stack.url, runId, timeoutMs);
  expect(run).toMatchObject({ state: 'succeeded', itemsTotal: items, itemsSucceeded: items, itemsFailed: 0 });
  const [found] = queryRows<Record<string, number>>(
    stack.databaseUrl,
    `SELECT count(*) AS results, count(DISTINCT line_number) AS lines, sum(state = 'succeeded') AS succeeded,
       sum(json_extract(output, '$.id') = line_number) AS own FROM batch_items WHERE run_id = ?`,
    runId,
  );
  expect({ ...found }).toEqual({ results: items, lines: items, succeeded: items, own: items });
  const executions = executionCounts(file);
  expect(executions.distinct).toBe(items);
  expect(executions.total - items).toBeLessThanOrEqual(4 * CHUNK_ITEMS);
  expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  return run;
}
