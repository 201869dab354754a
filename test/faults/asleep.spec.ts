import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type Docker from 'dockerode';
import { allItems, jsonLines, runEnd, startBatch } from '../support/batch-api.js';
import { queryNumber } from '../support/database.js';
import { containersOf, dockerEngine } from '../support/docker-engine.js';
import { brokenInvariants } from '../support/invariants.js';
import { invocationEnd } from '../support/invocation-api.js';
import { machineInState, orderMachine } from '../support/machine-api.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { FAULT_SETTINGS, recorded } from './support/batch-under-way.js';
import { callLater, engineApp } from './support/engine-app.js';

jest.setTimeout(300_000);

const TIME = { timeoutMs: 120_000, intervalMs: 100 };
const ITEMS = 16;
/** Shorter than it would ever be, so that the machine need not sleep for long. */
const LEASE = { NIGHTJAR_HEARTBEAT_SECONDS: '1', NIGHTJAR_LEASE_SECONDS: '6' };

describe('A machine that sleeps for longer than its lease', () => {
  let engine: Docker;
  let stack: Stack;
  let asleep: readonly string[] = [];

  beforeAll(async () => {
    engine = await dockerEngine();
    stack = await Stack.start({
      ...FAULT_SETTINGS,
      runtime: 'docker',
      workerSettings: { ...FAULT_SETTINGS.workerSettings, ...LEASE, NIGHTJAR_ITEMS_IN_FLIGHT: '2' },
      workers: ['one', 'two'],
    });
    await publishApp(stack.url, 'engine', engineApp());
  });
  afterAll(async () => {
    await wakeUp();
    await stack.stop();
  });

  const idOf = async (name: string): Promise<string> => (await machineInState(stack.url, name, 'ready')).id;

  /** The worker and its containers stand still, as does everything on a machine that sleeps. */
  async function fallAsleep(machineId: string): Promise<void> {
    stack.worker('one').service.process.kill('SIGSTOP');
    const all = await containersOf(engine, [machineId]);
    const paused = await Promise.allSettled(all.map((id) => engine.getContainer(id).pause()));
    // What was idle its worker had paused itself.
    asleep = all.filter((_, index) => paused[index]?.status === 'fulfilled');
    expect(asleep.length).toBeGreaterThan(0);
  }

  async function wakeUp(): Promise<void> {
    stack.worker('one').service.process.kill('SIGCONT');
    // The worker, awake already, may have ended them.
    await Promise.allSettled(asleep.map((id) => engine.getContainer(id).unpause()));
    asleep = [];
  }

  async function only(name: string, other: string): Promise<string> {
    const id = await idOf(name);
    await orderMachine(stack.url, await idOf(other), 'drain');
    await machineInState(stack.url, other, 'drained');
    return id;
  }

  it('finds its work done by another, is refused, and works again by itself', async () => {
    const one = await only('one', 'two');
    const call = await callLater(stack.url, 'engine', { n: 99, ms: 6_000 });
    const input = jsonLines(Array.from({ length: ITEMS }, (_, n) => ({ n, ms: 500 })));
    const { runId } = await startBatch(stack.url, { app: 'engine', function: 'item', input });
    const claimed = 'SELECT count(*) FROM invocations WHERE id = ? AND fence > 0';
    await waitFor(() => queryNumber(stack.databaseUrl, claimed, call) > 0 && recorded(stack, runId) > 0, {
      ...TIME,
      what: 'the call to run, and the first items',
    });
    await fallAsleep(one);
    expect(recorded(stack, runId)).toBeLessThan(ITEMS);

    const two = (await machineInState(stack.url, 'two', 'drained')).id;
    await orderMachine(stack.url, two, 'undrain');
    await machineInState(stack.url, 'one', 'offline');
    const rerun = 'SELECT count(*) FROM invocations WHERE id = ? AND fence > 1';
    await waitFor(() => queryNumber(stack.databaseUrl, rerun, call) > 0, {
      ...TIME,
      what: 'two to begin the call',
    });
    await wakeUp();

    expect(await invocationEnd(stack.url, call, 120_000)).toMatchObject({
      state: 'succeeded',
      machineId: two,
    });
    expect(await runEnd(stack.url, runId, 120_000)).toMatchObject({
      state: 'succeeded',
      itemsTotal: ITEMS,
      itemsSucceeded: ITEMS,
    });
    const items = await allItems(stack.url, runId, 'succeeded');
    expect(items.map(({ output }) => output)).toEqual(items.map((_, n) => ({ n })));
    expect(await stack.worker('one').service.log()).toMatch(/this process did not run[^]*is given back/);

    await only('one', 'two');
    const again = await callLater(stack.url, 'engine', { n: 100 });
    expect(await invocationEnd(stack.url, again, 120_000)).toMatchObject({
      state: 'succeeded',
      machineId: one,
    });
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  });
});
