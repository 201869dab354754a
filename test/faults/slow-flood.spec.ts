import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runEnd, startBatch } from '../support/batch-api.js';
import { queryNumber } from '../support/database.js';
import { brokenInvariants } from '../support/invariants.js';
import { itemApp, itemInput } from '../support/item-app.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { recorded } from './support/batch-under-way.js';

jest.setTimeout(240_000);

/** On two chunks of eight items each, these take more than two minutes; of the others each takes less than a second. */
const FLOOD = { items: 5000, ms: 400 };
const OTHERS = { runs: 16, items: 64, ms: 100 };

describe('A slow function that floods its lane', () => {
  let stack: Stack;
  let folder: string;

  beforeAll(async () => {
    folder = await makeTempFolder('slow-flood');
    stack = await Stack.start({
      managementSettings: {
        NIGHTJAR_CHUNK_TARGET_SECONDS: '1',
        NIGHTJAR_FIRST_CHUNK_ITEMS: '8',
        NIGHTJAR_ITEM_CONCURRENCY: '8',
      },
      workerSettings: { NIGHTJAR_CHUNK_CONCURRENCY: '2', NIGHTJAR_ITEMS_IN_FLIGHT: '8' },
    });
    const app = itemApp();
    const [binding, code] = [app['item/function.json'] ?? '', app['item/index.js'] ?? ''];
    await publishApp(stack.url, 'night', { ...app, 'slow/function.json': binding, 'slow/index.js': code });
  });
  afterAll(async () => {
    await stack?.stop();
    await removeFolder(folder);
  });

  /** Batches of one app, and of two functions: how long the items of one take says nothing of the other's. */
  const start = async (name: string, { items, ms }: { items: number; ms: number }): Promise<string> => {
    const input = itemInput(join(folder, name), items, ms);
    const order = { app: 'night', name, function: name === 'flood' ? 'slow' : 'item', input };
    return (await startBatch(stack.url, order)).runId;
  };

  /** From when a run was asked for until its first item began, seconds. */
  const waited = (runId: string): number =>
    queryNumber(
      stack.databaseUrl,
      `SELECT (SELECT min(started_at) FROM batch_items WHERE run_id = run.id) - run.created_at
         FROM batch_runs AS run WHERE run.id = ?`,
      runId,
    ) / 1000;

  /** Runs the others, which come at the same time; the longest wait that 95 % of them did not exceed. */
  async function percentile95OfOthers(round: string): Promise<number> {
    const runs = await Promise.all(
      Array.from({ length: OTHERS.runs }, (_, index) => start(`${round}-${index}`, OTHERS)),
    );
    for (const run of runs)
      expect(await runEnd(stack.url, run, 120_000)).toMatchObject({ state: 'succeeded' });
    const waits = runs.map(waited).sort((a, b) => a - b);
    return waits[Math.ceil(waits.length * 0.95) - 1] ?? NaN;
  }

  it('lets the others wait less than twice as long as without it', async () => {
    // So that both measurements know how long the items take.
    await runEnd(stack.url, await start('first', OTHERS), 60_000);
    const without = await percentile95OfOthers('without');

    const flood = await start('flood', FLOOD);
    while (recorded(stack, flood) < 32) await new Promise((resolve) => setTimeout(resolve, 50));
    const beside = await percentile95OfOthers('beside');

    // There was much more of it before them than they have waited for: who takes work in the order in which it came waits for minutes.
    const leftSeconds = ((FLOOD.items - recorded(stack, flood)) * FLOOD.ms) / 1000 / 16;
    expect(leftSeconds).toBeGreaterThan(3 * beside);
    expect(beside).toBeLessThan(2 * without);

    const cancelled = await fetch(`${stack.url}/api/v1/batches/runs/${flood}/cancel`, { method: 'POST' });
    expect(cancelled.ok).toBe(true);
    expect(await runEnd(stack.url, flood, 60_000)).toMatchObject({ state: 'cancelled' });
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  });
});
