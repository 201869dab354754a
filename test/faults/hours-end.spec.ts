import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runBatch, startBatch } from '../support/batch-api.js';
import { queryRows } from '../support/database.js';
import { executionCounts, itemApp, itemInput } from '../support/item-app.js';
import { findMachine, machineInState, type ListedMachine } from '../support/machine-api.js';
import { preload } from '../support/preload.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';
import { batchUnderWay, expectOneResultEach, FAULT_SETTINGS } from './support/batch-under-way.js';

jest.setTimeout(240_000);

const TIME = { timeoutMs: 120_000, intervalMs: 50 };
const ITEM_MS = 500;
/** What is known of it is off by at most 5 %; and between the decision and the start there is a moment. */
const NEEDED_MS = ITEM_MS * 0.75;
/** The time to hand in, to be killed, and until that is heard of. */
const HANDED_IN_MS = 20_000;

/** An owner's patience, cut short. */
const KNOBS = {
  maxVacateSeconds: 5,
  maxKillSeconds: 10,
  initialDelaySeconds: 0,
  startIdleSeconds: 1,
  continueIdleSeconds: 1,
  keyboardBusySeconds: 1,
  hysteresisSeconds: 1,
};

/** When a machine's work is sent away, and the policy that says so: hours end at full minutes, before that at any second. */
function hoursThatEnd(inMs: number): { evictsAtMs: number; policy: object } {
  const evictsAtMs = Math.ceil((Date.now() + inMs) / 1000) * 1000;
  const endMs = Math.ceil((evictsAtMs + 30_000) / 60_000) * 60_000;
  const local = (ms: number): string => new Date(ms).toTimeString().slice(0, 5);
  const range = `${local(endMs - 2 * 3_600_000)}-${local(endMs)}`;
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const beforeEndSeconds = (endMs - evictsAtMs) / 1000;
  const policy = {
    hours: Object.fromEntries(days.map((day) => [day, range])),
    stopStartingBeforeEndSeconds: beforeEndSeconds,
    evictBeforeEndSeconds: beforeEndSeconds,
  };
  return { evictsAtMs, policy };
}

describe('Hours of a machine that end in mid-run', () => {
  let stack: Stack;
  let folder: string;
  beforeAll(async () => {
    folder = await makeTempFolder('hours');
    stack = await Stack.start({ ...FAULT_SETTINGS, workers: [] });
  });
  afterAll(async () => {
    await stack.stop();
    await removeFolder(folder);
  });

  const startServer = (): Promise<unknown> => stack.startWorker('server', { NIGHTJAR_ITEMS_IN_FLIGHT: '40' });
  const desk = (): Promise<ListedMachine | undefined> => findMachine(stack.url, 'desk');

  /** Changes the hours so that work is sent away in so long. @returns when that is */
  const endHours = async (inMs: number): Promise<number> => {
    const { evictsAtMs, policy } = hoursThatEnd(inMs);
    const response = await fetch(`${stack.url}/api/v1/policies/machine/${(await desk())?.id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(policy),
    });
    expect(await response.json()).toMatchObject({ version: expect.any(Number) });
    return evictsAtMs;
  };

  it('start nothing that does not fit, end with nothing running, and leave the rest to others', async () => {
    await startServer();
    await publishApp(stack.url, 'items', itemApp());
    await publishApp(stack.url, 'unknown', itemApp());
    const input = itemInput(join(folder, 'known'), 40, ITEM_MS);
    await runBatch(stack.url, { app: 'items', function: 'item', input }, 60_000);
    // What it has measured is there for machines that come later.
    await stack.worker('server').stop();

    await stack.startWorker('desk', {
      ...preload('scripted-sensors'),
      OWNER_TYPES: join(folder, 'nobody'),
      NIGHTJAR_CAPACITY_PROFILE: 'desktop-vacate',
      NIGHTJAR_CAPACITY_POLICY: JSON.stringify({ ...KNOBS, ...hoursThatEnd(20 * 60_000).policy }),
      NIGHTJAR_ITEMS_IN_FLIGHT: '4',
    });
    // Nobody knows how long these take: only their time-out counts, and that does not fit.
    const never = join(folder, 'never');
    const unfit = { app: 'unknown', function: 'item', input: itemInput(never, 3, 10) };
    const { runId: unfitRun } = await startBatch(stack.url, unfit);
    const refused = { state: 'unclaimed', activity: 'idle', reason: 'WINDOW_TOO_SHORT' };
    await waitFor(async () => (await desk())?.capacity?.reason === refused.reason, {
      ...TIME,
      what: 'the machine to say why it does nothing',
    });
    expect((await desk())?.capacity).toEqual(refused);

    const batch = await batchUnderWay(stack, folder, 170, ITEM_MS);
    const evictsAtMs = await endHours(8_000);
    expect((await machineInState(stack.url, 'desk', 'owner')).reason).toBe('TIME_OF_DAY');
    // One of ten may take longer than usual: it has the time that work gets to hand in.
    await waitFor(async () => (await desk())?.slotsBusy === 0, { ...TIME, what: 'nothing to run any more' });
    expect(Date.now()).toBeLessThan(evictsAtMs + HANDED_IN_MS);
    const items = queryRows<{ started_at: number; duration_ms: number }>(
      stack.databaseUrl,
      'SELECT started_at, duration_ms FROM batch_items WHERE run_id = ?',
      batch.runId,
    );
    expect(items.length).toBeGreaterThan(20);
    expect(items.length).toBeLessThan(batch.items);
    // Until the end there was work, and a slot became free every eighth of a second.
    const lastStartMs = Math.max(...items.map((item) => item.started_at));
    expect(lastStartMs).toBeLessThanOrEqual(evictsAtMs - NEEDED_MS);
    expect(lastStartMs).toBeGreaterThan(evictsAtMs - 10 * ITEM_MS);
    expect(executionCounts(batch.file).total).toBe(items.length);
    expect(executionCounts(never).total).toBe(0);

    await startServer();
    await expectOneResultEach(stack, batch, 60_000);
    // Nothing was begun in vain.
    expect(executionCounts(batch.file)).toEqual({ total: batch.items, distinct: batch.items, most: 1 });
    await waitFor(() => executionCounts(never).distinct === 3, { ...TIME, what: `the run ${unfitRun}` });
  });
});
