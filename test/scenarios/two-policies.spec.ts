import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { callLater, engineApp } from '../faults/support/engine-app.js';
import { allItems, jsonLines, runEnd, startBatch } from '../support/batch-api.js';
import { queryNumber } from '../support/database.js';
import { containersOf, dockerEngine } from '../support/docker-engine.js';
import { brokenInvariants } from '../support/invariants.js';
import { invocationEnd } from '../support/invocation-api.js';
import { findMachine, machineInState, orderMachine, type ListedMachine } from '../support/machine-api.js';
import { preload } from '../support/preload.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(240_000);

const TIME = { timeoutMs: 120_000, intervalMs: 100 };
const ITEMS = 40;

/** An owner's patience, cut short: the test waits for none of it. */
const KNOBS = {
  initialDelaySeconds: 0,
  startIdleSeconds: 2,
  continueIdleSeconds: 2,
  keyboardBusySeconds: 2,
  hysteresisSeconds: 1,
  maxSuspendSeconds: 1,
  maxVacateSeconds: 1,
};

describe('A desktop and a server in one pool', () => {
  let stack: Stack;
  let folder: string;
  let typing: string;
  let unseen: string;

  beforeAll(async () => {
    folder = await makeTempFolder('two-policies');
    typing = join(folder, 'types');
    unseen = join(folder, 'unseen');
    stack = await Stack.start({
      runtime: 'docker',
      managementSettings: { NIGHTJAR_FIRST_CHUNK_ITEMS: '5', NIGHTJAR_MAX_CHUNK_ITEMS: '5' },
      workerSettings: {
        NIGHTJAR_HEARTBEAT_SECONDS: '1',
        NIGHTJAR_CHUNK_CONCURRENCY: '1',
        NIGHTJAR_ITEMS_IN_FLIGHT: '2',
        // Somebody types at both: the server does not mind, without a word about it.
        ...preload('scripted-sensors'),
        OWNER_TYPES: typing,
        OWNER_UNSEEN: unseen,
      },
      workers: ['server'],
    });
    await stack.startWorker('desktop', {
      NIGHTJAR_CAPACITY_PROFILE: 'desktop-suspend',
      NIGHTJAR_CAPACITY_POLICY: JSON.stringify(KNOBS),
    });
    await publishApp(stack.url, 'engine', engineApp());
  });
  afterAll(async () => {
    await stack.stop();
    await removeFolder(folder);
  });

  const ready = async (name: string): Promise<string> => (await machineInState(stack.url, name, 'ready')).id;

  /** A call that has begun on the desktop, and the server open for work again. @returns its id */
  async function callOnDesktop(n: number): Promise<string> {
    await ready('desktop');
    const server = await ready('server');
    await orderMachine(stack.url, server, 'drain');
    await machineInState(stack.url, 'server', 'drained');
    const call = await callLater(stack.url, 'engine', { n, ms: 5_000 });
    const claimed = 'SELECT count(*) FROM invocations WHERE id = ? AND fence > 0';
    await waitFor(() => queryNumber(stack.databaseUrl, claimed, call) > 0, {
      ...TIME,
      what: 'the call to run',
    });
    await orderMachine(stack.url, server, 'undrain');
    await ready('server');
    return call;
  }

  /** The desktop in the hands of its owner, and what the server is at that moment. */
  async function desktopTaken(): Promise<readonly [ListedMachine, ListedMachine | undefined]> {
    const desktop = await machineInState(stack.url, 'desktop', 'owner');
    return [desktop, await findMachine(stack.url, 'server')];
  }

  it('moves the work of the desktop to the server when somebody types, and the server never stops', async () => {
    const call = await callOnDesktop(1);
    const input = jsonLines(Array.from({ length: ITEMS }, (_, n) => ({ n, ms: 200 })));
    const { runId } = await startBatch(stack.url, { app: 'engine', function: 'item', input });
    writeFileSync(typing, '');
    const [desktop, server] = await desktopTaken();
    expect(desktop.capacity?.reason).toBe('USER_ACTIVE');
    expect(desktop.reason).toBe('USER_ACTIVE');
    expect(server).toMatchObject({ state: 'ready', reason: '', capacity: { reason: '' } });

    const states = new Set<string>();
    const isDone = async (): Promise<boolean> => {
      states.add((await findMachine(stack.url, 'server'))?.state ?? 'none');
      return (
        queryNumber(stack.databaseUrl, 'SELECT count(*) FROM batch_items WHERE run_id = ?', runId) === ITEMS
      );
    };
    await waitFor(isDone, { ...TIME, what: 'all items' });
    expect([...states]).toEqual(['ready']);
    const [taken] = await desktopTaken();
    expect(taken.slotsBusy).toBe(0);
    expect(await invocationEnd(stack.url, call, 120_000)).toMatchObject({
      state: 'succeeded',
      attemptCount: 1,
      machineId: server?.id,
    });
    expect(await runEnd(stack.url, runId, 120_000)).toMatchObject({
      state: 'succeeded',
      itemsSucceeded: ITEMS,
    });
    expect(await allItems(stack.url, runId, 'succeeded')).toHaveLength(ITEMS);

    await orderMachine(stack.url, server?.id ?? '', 'drain');
    await machineInState(stack.url, 'server', 'drained');
    const reasons = (
      await Promise.all(['desktop', 'server'].map((name) => findMachine(stack.url, name)))
    ).map((machine) => machine?.capacity?.reason);
    expect(reasons).toEqual(['USER_ACTIVE', 'DRAINING']);
    await orderMachine(stack.url, server?.id ?? '', 'undrain');
    rmSync(typing);
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  });

  it('does the same when the desktop can no longer see whether somebody is there', async () => {
    const call = await callOnDesktop(2);
    writeFileSync(unseen, '');
    const [desktop, server] = await desktopTaken();
    // What can't be seen counts as the busiest that it could be.
    expect(desktop.capacity?.reason).toBe('RDP_SESSION');
    expect(server).toMatchObject({ state: 'ready' });
    expect(await invocationEnd(stack.url, call, 120_000)).toMatchObject({
      state: 'succeeded',
      attemptCount: 1,
      machineId: server?.id,
    });
    expect(await stack.worker('desktop').service.log()).toMatch(/"presence\\?" sees nothing/);
    rmSync(unseen);
    await ready('desktop');
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  });

  it('binds the containers that the server has as a policy from management says, and frees them again', async () => {
    const engine = await dockerEngine();
    const server = await ready('server');
    const address = `${stack.url}/api/v1/policies/machine/${server}`;
    const policy = async (method: string, knobs?: object): Promise<void> => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(address, {
        method,
        headers,
        ...(knobs && { body: JSON.stringify(knobs) }),
      });
      await response.body?.cancel();
      expect(response.ok).toBe(true);
    };
    const isAnyBound = async (): Promise<boolean> => {
      const all = await Promise.all(
        (await containersOf(engine, [server])).map((id) => engine.getContainer(id).inspect()),
      );
      // Without a cap each has one processor; a hundredth of a machine is less.
      return all.some(({ HostConfig }) => (HostConfig.NanoCpus ?? 1e9) < 0.9e9);
    };
    const call = await callLater(stack.url, 'engine', { n: 3, ms: 2_000 });
    await invocationEnd(stack.url, call, 120_000);
    expect(await isAnyBound()).toBe(false);
    await policy('PUT', { cpuCapPercent: 1, cpuPriority: 'low' });
    await waitFor(isAnyBound, { ...TIME, what: 'the cap to reach a container that runs' });
    await policy('DELETE');
    await waitFor(async () => !(await isAnyBound()), { ...TIME, what: 'the cap to be lifted' });
  });
});
