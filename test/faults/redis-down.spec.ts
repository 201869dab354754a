import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { itemApp } from '../support/item-app.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';
import { batchUnderWay, expectOneResultEach, FAULT_SETTINGS, recorded } from './support/batch-under-way.js';
import { expectPromisesKept, promiseCalls } from './support/promised-calls.js';

jest.setTimeout(150_000);

const OUTAGE_MS = 3_000;

describe('A Redis that is away for three seconds', () => {
  let stack: Stack;
  let folder: string;
  beforeAll(async () => {
    folder = await makeTempFolder('fault');
    stack = await Stack.start({ ...FAULT_SETTINGS, workers: ['one', 'two'] });
    await publishApp(stack.url, 'items', itemApp());
  });
  afterAll(async () => {
    await stack.stop();
    await removeFolder(folder);
  });

  it('in mid-batch: work is taken again within a minute, each item with one result', async () => {
    const batch = await batchUnderWay(stack, folder, 3_000, 100);
    await stack.redis.kill();
    const calls = await promiseCalls(stack, folder, 3, 10);
    await sleep(OUTAGE_MS);
    await stack.redis.restart();
    const back = recorded(stack, batch.runId);
    expect(back).toBeLessThan(batch.items);
    const goesOn = (): boolean => recorded(stack, batch.runId) > Math.min(back + 200, batch.items - 1);
    await waitFor(goesOn, { timeoutMs: 60_000, what: 'work to be taken again' });
    await expectPromisesKept(stack, calls, 60_000);
    await expectOneResultEach(stack, batch, 60_000);
  });
});
