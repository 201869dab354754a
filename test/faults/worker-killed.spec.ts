import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type Docker from 'dockerode';
import { queryNumber } from '../support/database.js';
import { containersOf, dockerEngine } from '../support/docker-engine.js';
import { invocationEnd } from '../support/invocation-api.js';
import { itemApp } from '../support/item-app.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';
import { batchUnderWay, expectOneResultEach, FAULT_SETTINGS } from './support/batch-under-way.js';

jest.setTimeout(120_000);

describe('A worker that is killed in mid-batch', () => {
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

  it('loses nothing: the other worker ends the run within a minute, each item with one result', async () => {
    const batch = await batchUnderWay(stack, folder, 2_000, 100);
    const unfinished = `
      SELECT count(*) FROM batch_chunks JOIN machines ON machines.id = machine_id
      WHERE machines.name = 'one' AND batch_chunks.state = 'queued' AND items_succeeded > 0`;
    await waitFor(() => queryNumber(stack.databaseUrl, unfinished) > 0, { timeoutMs: 60_000, intervalMs: 5 });
    await stack.worker('one').kill();
    await expectOneResultEach(stack, batch, 60_000);
  });

  it('is listed as away, and its processes end', async () => {
    const machines = async (): Promise<{ name: string; state: string }[]> =>
      ((await (await fetch(`${stack.url}/api/v1/machines`)).json()) as { machines: never[] }).machines;
    await waitFor(
      async () => (await machines()).some(({ name, state }) => name === 'one' && state === 'offline'),
      {
        timeoutMs: 90_000,
        what: 'the machine to be offline',
      },
    );
    const orphans = languageWorkersOf(stack.worker('one').dataFolder);
    await stack.startWorker('one');
    // Its new life may have started others, to have them ready.
    expect(orphans.filter(isRunning)).toEqual([]);
  });
});

/** The processes that a worker with the process runtime has written down. */
function languageWorkersOf(dataFolder: string): number[] {
  const files = readdirSync(dataFolder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((path) => /processes\/.+\.json$/.test(path))
    .map((path) => (JSON.parse(readFileSync(join(dataFolder, path), 'utf8')) as { pid: number }).pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('The containers of a worker that was killed', () => {
  let engine: Docker;
  let stack: Stack;
  beforeAll(async () => {
    engine = await dockerEngine();
    stack = await Stack.start({ ...FAULT_SETTINGS, runtime: 'docker' });
    await publishApp(stack.url, 'items', itemApp());
  });
  afterAll(() => stack.stop());

  it('are gone once it is back, and what they were at runs again', async () => {
    const response = await fetch(`${stack.url}/apps/items/api/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'respond-async' },
      body: JSON.stringify({ id: 1, file: '/tmp/executions', ms: 3_000 }),
    });
    const { id } = (await response.json()) as { id: string };
    const claimed = 'SELECT count(*) FROM invocations WHERE id = ? AND fence > 0';
    await waitFor(() => queryNumber(stack.databaseUrl, claimed, id) > 0, { timeoutMs: 60_000 });
    const own = (): Promise<readonly string[]> => containersOf(engine, stack.machineIds());
    const running = async (): Promise<readonly string[] | undefined> => {
      const containers = await own();
      return containers.length > 0 ? containers : undefined;
    };
    const orphans = await waitFor(running, { timeoutMs: 60_000, what: 'a container' });
    await stack.worker().kill();

    await stack.startWorker('one');
    const areGone = async (): Promise<boolean> => {
      const there = await own();
      return orphans.every((orphan) => !there.includes(orphan));
    };
    await waitFor(areGone, { timeoutMs: 60_000, what: 'the orphans to be gone' });
    expect(await invocationEnd(stack.url, id, 60_000)).toMatchObject({ state: 'succeeded', attemptCount: 1 });
  });
});
