import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { batchUnderWay, expectOneResultEach, FAULT_SETTINGS } from '../faults/support/batch-under-way.js';
import { executionsIn } from '../support/executions.js';
import { invocationEnd } from '../support/invocation-api.js';
import { itemApp } from '../support/item-app.js';
import { enrolmentToken, findMachine, machineInState, orderMachine } from '../support/machine-api.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';
import type { RunningWorker } from '../support/worker.js';
import { holdingApp, promiseHold, releaseHeld } from '../support/holding-app.js';

jest.setTimeout(240_000);

describe('A fleet of enrolled machines', () => {
  let stack: Stack;
  let folder: string;

  const startEnrolled = async (name: string): Promise<RunningWorker> => {
    const file = join(folder, `token-${name}`);
    writeFileSync(file, `${await enrolmentToken(stack.url)}\n`, { mode: 0o600 });
    return stack.startWorker(name, { NIGHTJAR_WORKER_KEY: '', NIGHTJAR_ENROLMENT_TOKEN_FILE: file });
  };
  const keyOf = (worker: RunningWorker): string => {
    const path = join(worker.dataFolder, 'workers', worker.name, 'machine-key');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    return readFileSync(path, 'utf8').trim();
  };
  const askForFile = async (key: string): Promise<number> => {
    const response = await fetch(`${stack.url}/internal/file-urls`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ digest: '0'.repeat(64) }),
    });
    await response.body?.cancel();
    return response.status;
  };
  const idOf = async (name: string): Promise<string> => (await findMachine(stack.url, name))?.id ?? '';

  beforeAll(async () => {
    folder = await makeTempFolder('fleet');
    stack = await Stack.start({
      managementSettings: {
        ...FAULT_SETTINGS.managementSettings,
        NIGHTJAR_WORKER_KEY: '',
        NIGHTJAR_ACCEPT_COMMON_WORKER_KEY: 'no',
      },
      workerSettings: { ...FAULT_SETTINGS.workerSettings, NIGHTJAR_HEARTBEAT_SECONDS: '1' },
      workers: [],
    });
    await startEnrolled('one');
    await publishApp(stack.url, 'holding', holdingApp());
    await publishApp(stack.url, 'items', itemApp());
  });
  afterAll(async () => {
    await stack.stop();
    await removeFolder(folder);
  });

  it('needs no common key: a machine shows its own, and has it again after a restart', async () => {
    const key = keyOf(stack.worker());
    expect(await askForFile(key)).toBe(404);
    expect(await askForFile(stack.management.workerKey)).toBe(401);
    await stack.worker().stop();
    await stack.startWorker('one', { NIGHTJAR_WORKER_KEY: '' });
    expect(keyOf(stack.worker())).toBe(key);
  });

  it('drains a machine: what runs at the deadline goes elsewhere, without a used attempt', async () => {
    const hold = { id: 'held', file: join(folder, 'held'), release: join(folder, 'release') };
    const runs = (): number => executionsIn(hold.file).get('held') ?? 0;
    const id = await promiseHold(stack.url, hold);
    await waitFor(() => runs() === 1, { timeoutMs: 60_000, what: 'the call to run' });
    await startEnrolled('two');
    await orderMachine(stack.url, await idOf('one'), 'drain', { deadlineSeconds: 0 });
    await machineInState(stack.url, 'one', 'drained');
    await waitFor(() => runs() === 2, { timeoutMs: 60_000, what: 'the call to run elsewhere' });
    releaseHeld(hold);
    expect(await invocationEnd(stack.url, id)).toMatchObject({
      state: 'succeeded',
      attemptCount: 1,
      machineId: await idOf('two'),
    });
  });

  it('gives nothing to a drained machine, and work again once it is undrained', async () => {
    expect(await machineInState(stack.url, 'one', 'drained')).toMatchObject({
      slotsBusy: 0,
      reason: 'DRAINING: ordered by an administrator.',
    });
    await orderMachine(stack.url, await idOf('one'), 'undrain');
    await machineInState(stack.url, 'one', 'ready');
  });

  it('keeps the finished items of a chunk that was given back', async () => {
    const batch = await batchUnderWay(stack, folder, 1_500, 50);
    await orderMachine(stack.url, await idOf('one'), 'drain', { deadlineSeconds: 0 });
    await machineInState(stack.url, 'one', 'drained');
    await expectOneResultEach(stack, batch, 120_000);
    await orderMachine(stack.url, await idOf('one'), 'undrain');
    await machineInState(stack.url, 'one', 'ready');
  });

  it('takes a key away at once, and the work with it', async () => {
    const key = keyOf(stack.worker());
    const hold = { id: 'revoked', file: join(folder, 'revoked'), release: join(folder, 'release-2') };
    const runs = (): number => executionsIn(hold.file).get('revoked') ?? 0;
    await orderMachine(stack.url, await idOf('two'), 'drain');
    await machineInState(stack.url, 'two', 'drained');
    const id = await promiseHold(stack.url, hold);
    await waitFor(() => runs() === 1, { timeoutMs: 60_000, what: 'the call to run' });
    await orderMachine(stack.url, await idOf('one'), 'revoke');
    expect(await askForFile(key)).toBe(401);
    await machineInState(stack.url, 'one', 'revoked');
    await orderMachine(stack.url, await idOf('two'), 'undrain');
    await waitFor(() => runs() === 2, { timeoutMs: 60_000, what: 'the call to run elsewhere' });
    releaseHeld(hold);
    expect(await invocationEnd(stack.url, id)).toMatchObject({
      attemptCount: 1,
      machineId: await idOf('two'),
    });
  });
});
