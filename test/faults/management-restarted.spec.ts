import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { itemApp } from '../support/item-app.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';
import { batchUnderWay, expectOneResultEach, FAULT_SETTINGS, recorded } from './support/batch-under-way.js';
import { expectPromisesKept, promiseCalls } from './support/promised-calls.js';

jest.setTimeout(120_000);

const OUTAGE_MS = 1_500;

describe('A management that is killed and started again', () => {
  let stack: Stack;
  let folder: string;
  beforeAll(async () => {
    folder = await makeTempFolder('fault');
    stack = await Stack.start(FAULT_SETTINGS);
    await publishApp(stack.url, 'items', itemApp());
  });
  afterAll(async () => {
    await stack.stop();
    await removeFolder(folder);
  });

  it('in mid-batch: the run goes on, and what was promised runs, each item with one result', async () => {
    const batch = await batchUnderWay(stack, folder, 1_500, 100);
    const calls = await promiseCalls(stack, folder, 5, 1_500);
    await stack.management.kill();
    await sleep(OUTAGE_MS);
    await stack.startManagement();
    expect(recorded(stack, batch.runId)).toBeLessThan(batch.items);
    await expectPromisesKept(stack, calls, 60_000);
    await expectOneResultEach(stack, batch, 60_000);
  });

  it('knows its functions, keys and runs as before', async () => {
    const call = await fetch(`${stack.url}/apps/items/api/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 1, file: `${folder}/after`, ms: 1 }),
    });
    expect([call.status, await call.json()]).toEqual([200, { id: 1 }]);
    const runs = (await (await fetch(`${stack.url}/api/v1/batches/runs`)).json()) as { runs: unknown[] };
    expect(runs.runs).toMatchObject([{ state: 'succeeded', itemsSucceeded: 1_500 }]);
  });

  it('tells of a deployment that it was at that it was interrupted, and publishes again', async () => {
    const slow = {
      ...itemApp(),
      'item/index.js':
        'const until = Date.now() + 4000; while (Date.now() < until); module.exports = () => {};',
    };
    const interrupted = expect(publishApp(stack.url, 'slow', slow)).rejects.toThrow();
    const latest = async (): Promise<Record<string, unknown>> =>
      (await (await fetch(`${stack.url}/apps/slow/api/deployments/latest`)).json()) as Record<
        string,
        unknown
      >;
    const DEPLOYING = 2;
    const began = async (): Promise<boolean> => (await latest())['status'] === DEPLOYING;
    await waitFor(began, { timeoutMs: 60_000, intervalMs: 10, what: 'the deployment to begin' });
    await stack.management.kill();
    await interrupted;
    await stack.startManagement();
    expect(await latest()).toMatchObject({ status: 3, complete: true });
    await publishApp(stack.url, 'slow', itemApp());
  });
});
