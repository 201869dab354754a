import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { executionsIn } from '../support/executions.js';
import { holdingApp, promiseHold, releaseHeld } from '../support/holding-app.js';
import { brokenInvariants } from '../support/invariants.js';
import { invocationEnd } from '../support/invocation-api.js';
import { machineInState, orderMachine } from '../support/machine-api.js';
import { preload } from '../support/preload.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { TcpLink } from '../support/tcp-link.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';
import { FAULT_SETTINGS } from './support/batch-under-way.js';

jest.setTimeout(300_000);

/** Shorter than it would ever be, so that the test need not wait for long. */
const LEASE = { NIGHTJAR_HEARTBEAT_SECONDS: '1', NIGHTJAR_LEASE_SECONDS: '6' };

describe('A worker that is cut off', () => {
  let stack: Stack;
  let folder: string;
  let redisLink: TcpLink;
  let cutFile: string;
  const cutSql = (): void => writeFileSync(cutFile, '');
  const healSql = (): void => rmSync(cutFile, { force: true });

  beforeAll(async () => {
    folder = await makeTempFolder('partition');
    cutFile = join(folder, 'sql-is-cut');
    stack = await Stack.start({ ...FAULT_SETTINGS, workers: [] });
    redisLink = await TcpLink.to(stack.redis.port);
    await stack.startWorker('one', {
      ...LEASE,
      ...preload('sql-cut'),
      SQL_CUT: cutFile,
      REDIS_URL: `redis://127.0.0.1:${redisLink.port}`,
    });
    await stack.startWorker('two', { NIGHTJAR_HEARTBEAT_SECONDS: '1' });
    await publishApp(stack.url, 'holding', holdingApp());
  });
  afterAll(async () => {
    healSql();
    redisLink.heal();
    await stack.stop();
    await redisLink.close();
    await removeFolder(folder);
  });

  /** Has a function run on machine one, and only there. */
  async function heldOnOne(
    id: string,
  ): Promise<{ invocation: string; runs: () => number; release: () => void }> {
    const two = await machineInState(stack.url, 'two', 'ready');
    await orderMachine(stack.url, two.id, 'drain');
    await machineInState(stack.url, 'two', 'drained');
    await machineInState(stack.url, 'one', 'ready');
    const hold = { id, file: join(folder, id), release: join(folder, `release-${id}`) };
    const runs = (): number => executionsIn(hold.file).get(id) ?? 0;
    const invocation = await promiseHold(stack.url, hold);
    await waitFor(() => runs() > 0, { timeoutMs: 120_000, what: 'the function to run on one' });
    await orderMachine(stack.url, two.id, 'undrain');
    await machineInState(stack.url, 'two', 'ready');
    return { invocation, runs, release: () => releaseHeld(hold) };
  }

  /** The newest attempt's outcome is the one that stands, whatever came of the other. */
  async function expectDoneByTwo(invocation: string): Promise<void> {
    const { id } = await machineInState(stack.url, 'two', 'ready');
    expect(await invocationEnd(stack.url, invocation, 120_000)).toMatchObject({
      state: 'succeeded',
      attemptCount: 1,
      machineId: id,
    });
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  }

  it('from SQL: stops by itself, another does its work, and it comes back', async () => {
    const held = await heldOnOne('sql');
    cutSql();
    await waitFor(() => held.runs() > 1, { timeoutMs: 120_000, what: 'the function to run on two' });
    await machineInState(stack.url, 'one', 'offline');
    held.release();
    await expectDoneByTwo(held.invocation);
    healSql();
    await machineInState(stack.url, 'one', 'ready');
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  });

  it('from Redis: another does its work, and what it ends late is refused', async () => {
    const held = await heldOnOne('redis');
    redisLink.cut();
    await waitFor(() => held.runs() > 1, { timeoutMs: 120_000, what: 'the function to run on two' });
    held.release();
    await expectDoneByTwo(held.invocation);
    redisLink.heal();
  });

  it('from both: stops by itself, another does its work, and it comes back', async () => {
    const held = await heldOnOne('both');
    cutSql();
    redisLink.cut();
    await waitFor(() => held.runs() > 1, { timeoutMs: 120_000, what: 'the function to run on two' });
    await machineInState(stack.url, 'one', 'offline');
    held.release();
    await expectDoneByTwo(held.invocation);
    healSql();
    redisLink.heal();
    await machineInState(stack.url, 'one', 'ready');
    // It takes work again, from the Redis that it had lost.
    const again = await heldOnOne('again');
    again.release();
    expect(await invocationEnd(stack.url, again.invocation, 120_000)).toMatchObject({ state: 'succeeded' });
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  });
});
