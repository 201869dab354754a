import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type Docker from 'dockerode';
import { allItems, jsonLines, runBatch } from '../support/batch-api.js';
import { queryNumber } from '../support/database.js';
import { containersOf, dockerEngine } from '../support/docker-engine.js';
import { brokenInvariants } from '../support/invariants.js';
import { invocationEnd } from '../support/invocation-api.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { FAULT_SETTINGS } from './support/batch-under-way.js';
import { callLater, engineApp, type Order } from './support/engine-app.js';

jest.setTimeout(240_000);

const MIB = 2 ** 20;
const POISON: Readonly<Record<number, Partial<Order>>> = {
  7: { exit: 3 },
  13: { kill: true },
  21: { hog: true },
};

describe('A container that ends in the middle of its work', () => {
  let engine: Docker;
  let stack: Stack;
  beforeAll(async () => {
    engine = await dockerEngine();
    stack = await Stack.start({
      ...FAULT_SETTINGS,
      runtime: 'docker',
      workerSettings: {
        ...FAULT_SETTINGS.workerSettings,
        NIGHTJAR_ITEMS_IN_FLIGHT: '4',
        NIGHTJAR_CONTAINER_MEMORY_BYTES: String(160 * MIB),
      },
    });
    await publishApp(stack.url, 'engine', engineApp());
  });
  afterAll(() => stack.stop());

  it('because somebody killed it costs its function no attempt: it runs again', async () => {
    const id = await callLater(stack.url, 'engine', { n: 1, ms: 3_000 });
    const claimed = 'SELECT count(*) FROM invocations WHERE id = ? AND fence > 0';
    await waitFor(() => queryNumber(stack.databaseUrl, claimed, id) > 0, { timeoutMs: 60_000 });
    const victims = await waitFor(
      async () => {
        const found = await containersOf(engine, stack.machineIds());
        return found.length > 0 ? found : undefined;
      },
      { timeoutMs: 60_000, what: 'a container' },
    );
    // One that ends by itself just now is as good as killed.
    for (const victim of victims)
      await engine
        .getContainer(victim)
        .kill()
        .catch(() => undefined);
    const record = await invocationEnd(stack.url, id, 120_000);
    expect(record).toMatchObject({ state: 'succeeded', attemptCount: 1, failure: null });
  });

  it('because of one item costs the others nothing, and that one ends after its attempts, with the reason', async () => {
    const orders = Array.from({ length: 30 }, (_, index): Order => ({ n: index + 1, ...POISON[index + 1] }));
    const run = await runBatch(
      stack.url,
      { app: 'engine', function: 'item', input: jsonLines(orders) },
      180_000,
    );
    expect(run).toMatchObject({ state: 'completedWithFailures', itemsSucceeded: 27, itemsFailed: 3 });
    const failed = await allItems(stack.url, run.runId, 'failed');
    const told = failed.map(({ lineNumber, attempts, failure }) => [
      lineNumber,
      attempts,
      failure?.source,
      failure?.type,
    ]);
    expect(told).toEqual([
      [7, 1, 'function', 'ProcessExited'],
      [13, 1, 'function', 'ProcessKilled'],
      [21, 1, 'function', 'OutOfMemory'],
    ]);
    expect(failed[2]?.failure?.message).toMatch(/more memory than its limit.*give its app more/);
  });

  it('leaves the database in order', () => {
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  });
});
