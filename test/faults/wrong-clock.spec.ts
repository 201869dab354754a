import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runBatch } from '../support/batch-api.js';
import { queryRows } from '../support/database.js';
import { brokenInvariants } from '../support/invariants.js';
import { itemApp, itemInput } from '../support/item-app.js';
import { machineInState } from '../support/machine-api.js';
import { preload } from '../support/preload.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { FAULT_SETTINGS } from './support/batch-under-way.js';
import { expectPromisesKept, promiseCalls } from './support/promised-calls.js';

jest.setTimeout(300_000);

const HOUR_MS = 3_600_000;
/** Far more than any machine is slow by, and far less than the clock is wrong by. */
const TOLERANCE_MS = HOUR_MS / 4;

describe.each([
  ['ahead', HOUR_MS],
  ['behind', -HOUR_MS],
])('A worker whose clock is an hour %s', (_where, shiftMs) => {
  let stack: Stack;
  let folder: string;
  beforeAll(async () => {
    folder = await makeTempFolder('clock');
    stack = await Stack.start({ ...FAULT_SETTINGS, workers: [] });
    await stack.startWorker('one', { ...preload('clock-shift'), CLOCK_SHIFT_MS: String(shiftMs) });
    // Indexing has a deadline, which a worker that believed its clock would find to have passed.
    await publishApp(stack.url, 'items', itemApp());
  });
  afterAll(async () => {
    await stack.stop();
    await removeFolder(folder);
  });

  it('keeps promises and runs batches as any other', async () => {
    const calls = await promiseCalls(stack, folder, 3, 10);
    await expectPromisesKept(stack, calls, 120_000);
    const input = itemInput(join(folder, 'items'), 200, 1);
    const run = await runBatch(stack.url, { app: 'items', function: 'item', input }, 120_000);
    expect(run).toMatchObject({ state: 'succeeded', itemsSucceeded: 200 });
    await machineInState(stack.url, 'one', 'ready');
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  });

  it("writes down when things happened by the database's clock", () => {
    const times = queryRows<{ at: number; by: number }>(
      stack.databaseUrl,
      `SELECT started_at AS at, accepted_at AS by FROM invocations
       UNION ALL SELECT ended_at, accepted_at FROM invocations
       UNION ALL SELECT logged_at, accepted_at FROM invocation_logs JOIN invocations ON id = invocation_id
       UNION ALL SELECT item.started_at, run.created_at FROM batch_items item JOIN batch_runs run ON run.id = run_id
       UNION ALL SELECT last_seen_at, (SELECT max(created_at) FROM batch_runs) FROM machines`,
    );
    expect(times.length).toBeGreaterThan(200);
    expect(times.filter(({ at, by }) => Math.abs(at - by) > TOLERANCE_MS)).toEqual([]);
  });
});
