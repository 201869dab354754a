import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { itemApp } from '../support/item-app.js';
import { queryNumber } from '../support/database.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { batchUnderWay, expectOneResultEach, FAULT_SETTINGS } from './support/batch-under-way.js';
import { expectPromisesKept, promiseCalls } from './support/promised-calls.js';

jest.setTimeout(120_000);

describe('A Redis that loses its memory', () => {
  let stack: Stack;
  let folder: string;
  beforeAll(async () => {
    folder = await makeTempFolder('fault');
    const { managementSettings, workerSettings } = FAULT_SETTINGS;
    stack = await Stack.start({
      managementSettings,
      workerSettings: { ...workerSettings, NIGHTJAR_INTERACTIVE_CONCURRENCY: '4' },
    });
    await publishApp(stack.url, 'items', itemApp());
  });
  afterAll(async () => {
    await stack.stop();
    await removeFolder(folder);
  });

  it('in mid-batch: the work is put back, each item and each promised call with one result', async () => {
    const batch = await batchUnderWay(stack, folder, 1_500, 100);
    // More than run at once: most of them wait on the queue.
    const calls = await promiseCalls(stack, folder, 20, 500);
    await stack.redis.flush();
    await expectPromisesKept(stack, calls, 60_000);
    await expectOneResultEach(stack, batch, 60_000);
    const again = 'SELECT count(*) FROM invocations WHERE dispatch_count > 1';
    expect(queryNumber(stack.databaseUrl, again)).toBeGreaterThan(0);
  });
});
