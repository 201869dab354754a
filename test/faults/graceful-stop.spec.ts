import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { itemApp } from '../support/item-app.js';
import { queryRows } from '../support/database.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';
import { batchUnderWay, expectOneResultEach, FAULT_SETTINGS } from './support/batch-under-way.js';
import { expectPromisesKept, promiseCalls } from './support/promised-calls.js';

jest.setTimeout(120_000);

const GRACE_SECONDS = 2;
/** Work that a stop can not wait for. */
const LONG_MS = 8_000;
/** The grace, and what a stop may take for the rest. */
const STOPS_WITHIN_MS = GRACE_SECONDS * 1_000 + 8_000;

describe('A worker that is stopped while work exceeds the grace', () => {
  let stack: Stack;
  let folder: string;
  beforeAll(async () => {
    folder = await makeTempFolder('fault');
    const { managementSettings, workerSettings } = FAULT_SETTINGS;
    stack = await Stack.start({
      // So long that what is handed back is seen to need no reconciler.
      managementSettings: { ...managementSettings, NIGHTJAR_RECONCILE_INTERVAL_SECONDS: '60' },
      workerSettings: { ...workerSettings, NIGHTJAR_SHUTDOWN_GRACE_SECONDS: String(GRACE_SECONDS) },
    });
    await publishApp(stack.url, 'items', itemApp());
  });
  afterAll(async () => {
    await stack.stop();
    await removeFolder(folder);
  });

  /** Stops a worker as an operator does; how it ended, and how long that took. */
  const stop = async (name: string): Promise<{ how: string; tookMs: number }> => {
    const began = performance.now();
    await stack.worker(name).stop();
    return { how: await stack.worker(name).service.ended, tookMs: performance.now() - began };
  };

  it('ends in time and hands the rest back, which another worker takes at once', async () => {
    const batch = await batchUnderWay(stack, folder, 600, 100);
    const calls = await promiseCalls(stack, folder, 3, LONG_MS);
    await waitFor(() => states(stack, 'fence > 0').length === 3, {
      timeoutMs: 60_000,
      what: 'the calls to begin',
    });
    const { how, tookMs } = await stop('one');
    expect(how).toBe('exit code 0');
    expect(tookMs).toBeLessThan(STOPS_WITHIN_MS);

    await stack.startWorker('two');
    await waitFor(() => states(stack, 'fence > 1001').length === 3, {
      timeoutMs: 60_000,
      what: 'a second start',
    });
    await expectPromisesKept(stack, calls, 60_000);
    await expectOneResultEach(stack, batch, 60_000);
    expect(states(stack, 'dispatch_count > 1')).toEqual([]);
  });

  it('ends in time also while Redis is away, and nothing is lost', async () => {
    const batch = await batchUnderWay(stack, folder, 601, 100);
    const calls = await promiseCalls(stack, folder, 2, LONG_MS);
    await stack.redis.kill();
    const { how, tookMs } = await stop('two');
    expect(how).toBe('exit code 0');
    expect(tookMs).toBeLessThan(STOPS_WITHIN_MS);

    await stack.redis.restart();
    await stack.startWorker('three');
    await expectPromisesKept(stack, calls, 60_000);
    await expectOneResultEach(stack, batch, 60_000);
  });
});

/** The states of the promised calls for which that is true. */
function states(stack: Stack, condition: string): string[] {
  const statement = `SELECT state FROM invocations WHERE function_name = 'call' AND ${condition}`;
  return queryRows<{ state: string }>(stack.databaseUrl, statement).map(({ state }) => state);
}
