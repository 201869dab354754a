import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runEnd, startBatch } from '../support/batch-api.js';
import { queryNumber, queryRows } from '../support/database.js';
import { brokenInvariants } from '../support/invariants.js';
import { executionCounts, itemApp, itemInput } from '../support/item-app.js';
import { findMachine } from '../support/machine-api.js';
import { startManagement, type RunningManagement } from '../support/management.js';
import { preload } from '../support/preload.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';
import { batchUnderWay, expectOneResultEach, FAULT_SETTINGS, recorded } from './support/batch-under-way.js';
import { expectPromisesKept, promiseCalls } from './support/promised-calls.js';

jest.setTimeout(180_000);

const SECOND_ITEMS = 1_500;

/**
 * What it shows: jobs and heartbeats of either version are right for the other, with two of each process on one database and one queue,
 * while work goes through all of them and the older ones are taken down. What it does not: what an older version does in SQL, since
 * apart from what it says and reads the older one is today's code.
 */
describe('A rolling upgrade under load', () => {
  let folder: string;
  let notes: string;
  let stack: Stack;
  let older: RunningManagement;

  beforeAll(async () => {
    folder = await makeTempFolder('fault');
    notes = join(folder, 'notes');
    const asOlder = { ...preload('older-version'), OLDER_VERSION_NOTES: notes };
    stack = await Stack.start({ ...FAULT_SETTINGS, workers: [] });
    older = await startManagement({
      redisUrl: stack.redis.url,
      dataFolder: stack.management.dataFolder,
      databaseUrl: stack.databaseUrl,
      settings: { ...FAULT_SETTINGS.managementSettings, ...asOlder },
    });
    await stack.startWorker('older', asOlder);
    await stack.startWorker('newer');
    await publishApp(older.url, 'items', itemApp());
  });
  afterAll(async () => {
    await older.stop();
    await stack.stop();
    await removeFolder(folder);
  });

  it('loses nothing and does nothing twice', async () => {
    const first = await batchUnderWay(stack, folder, 1_500, 100);
    const file = join(folder, 'second');
    const input = itemInput(file, SECOND_ITEMS, 60);
    const second = await startBatch(older.url, { app: 'items', function: 'item', input });
    const retried = await definedRun(second.runId);
    const calls = await promiseCalls(stack, folder, 10, 300);
    const answers = await Promise.all(
      [stack.url, older.url].flatMap((url) => [1, 2, 3].map((id) => call(url, id))),
    );
    expect(answers).toEqual([1, 2, 3, 1, 2, 3]);
    expect((await findMachine(stack.url, 'newer'))?.capacity).not.toBeNull();
    expect((await findMachine(stack.url, 'older'))?.capacity).toBeNull();

    // The older worker is at chunks with a field that it does not know.
    const unknown = `
      SELECT count(*) FROM batch_chunks JOIN machines ON machines.id = machine_id
      WHERE machines.name = 'older' AND run_id = ? AND items_succeeded > 0`;
    await waitFor(() => queryNumber(stack.databaseUrl, unknown, retried) > 0, { timeoutMs: 60_000 });
    expect(recorded(stack, second.runId)).toBeLessThan(SECOND_ITEMS);
    await older.stop();
    await stack.worker('older').stop();
    await stack.startWorker('older');

    await expectPromisesKept(stack, calls, 60_000);
    for (const runId of [second.runId, retried])
      expect(await runEnd(stack.url, runId, 60_000)).toMatchObject({ state: 'succeeded', itemsFailed: 0 });
    await expectOneResultEach(stack, first, 60_000);
    expect(executionCounts(file).distinct).toBe(SECOND_ITEMS);
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
    expect((await findMachine(stack.url, 'older'))?.capacity).not.toBeNull();
  });

  it('was one: the older processes left out what came later', () => {
    const left = readFileSync(notes, 'utf8').trim().split('\n');
    expect(left).toEqual(
      expect.arrayContaining([
        'contract of bullmq-work-queue.js',
        'contract of bullmq-work-source.js',
        'heartbeat without capacity',
      ]),
    );
  });

  /** A run whose chunks have a retry of their own, which an older worker does not know. */
  async function definedRun(ofRunId: string): Promise<string> {
    const path = `${stack.url}/api/v1/apps/items/batches/retried`;
    const file = queryRows<{ digest: string }>(
      stack.databaseUrl,
      'SELECT input_digest AS digest FROM batch_runs WHERE id = ?',
      ofRunId,
    )[0]?.digest;
    const definition = {
      function: 'item',
      input: { kind: 'jsonLines', file },
      retry: { attempts: 2, backoff: 'fixed', delaySeconds: 1 },
    };
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(path, { method: 'PUT', headers, body: JSON.stringify(definition) })).status).toBe(
      201,
    );
    const run = await fetch(`${path}/runs`, { method: 'POST', headers, body: '{}' });
    expect(run.status).toBe(201);
    return ((await run.json()) as { runId: string }).runId;
  }

  async function call(url: string, id: number): Promise<unknown> {
    const answer = await fetch(`${url}/apps/items/api/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, file: join(folder, 'calls'), ms: 1 }),
    });
    return ((await answer.json()) as { id: number }).id;
  }
});
