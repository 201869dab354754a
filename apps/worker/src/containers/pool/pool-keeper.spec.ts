import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeContainers } from '../../../../../test/support/doubles/fake-containers.js';
import { FakePackages } from '../../../../../test/support/doubles/fake-packages.js';
import {
  invocationOf,
  poolFolder,
  quietPool,
  versionOf,
} from '../../../../../test/support/doubles/pool-under-test.js';
import { removeFolder } from '../../../../../test/support/temp-folder.js';
import { waitFor } from '../../../../../test/support/wait-for.js';
import { AppHostPool, type PoolResult, type PoolSettings } from './app-host-pool.js';
import { ContainerDesk } from './container-desk.js';
import { needsOf, shapeOf } from './container-needs.js';
import { ContainerStarter } from './container-starter.js';
import { PoolKeeper } from './pool-keeper.js';

jest.setTimeout(120_000);

const soon = { timeoutMs: 60_000, intervalMs: 5 };
const PREWARM = { base: 1, reactiveMax: 0, timeToLiveSeconds: 600 };

describe('a pool over time', () => {
  let folder: string;
  let fake: FakeContainers;
  let packages: FakePackages;
  let pool: AppHostPool;

  beforeEach(async () => {
    const made = await poolFolder();
    folder = made.folder;
    fake = new FakeContainers();
    packages = new FakePackages(made.packageFolder);
  });

  afterEach(async () => {
    await pool.close();
    await removeFolder(folder);
  });

  async function open(more: Partial<PoolSettings>): Promise<void> {
    pool = new AppHostPool(packages, quietPool(folder, more));
    await pool.open(fake.equipment);
  }

  /** Runs one function to its end, in whatever container it comes to. */
  async function runOnce(versionId: string, invocationId: string): Promise<PoolResult> {
    const result = pool.run(versionOf(versionId), 'interactive', invocationOf(invocationId));
    const container = await waitFor(
      () => fake.started.find((one) => one.inFlight.includes(invocationId)),
      soon,
    );
    container.succeed(invocationId);
    return result;
  }

  it('pauses what is idle, wakes it for the next call and pauses it again', async () => {
    await open({ pauseAfterSeconds: 0.05 });
    await runOnce('v', 'a');
    await waitFor(() => pool.figures().containers.paused === 1 && fake.latest.paused, soon);
    expect(await runOnce('v', 'b')).toMatchObject({ state: 'succeeded', coldStart: false });
    expect(fake.started).toHaveLength(1);
    await waitFor(() => fake.latest.paused, soon);
  });

  it('does not pause what runs', async () => {
    await open({ pauseAfterSeconds: 0.001 });
    const result = pool.run(versionOf('v'), 'interactive', invocationOf('a'));
    const other = runOnce('v', 'b');
    await other;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(fake.latest.paused).toBe(false);
    fake.latest.succeed('a');
    await result;
    await waitFor(() => fake.latest.paused, soon);
  });

  it('replaces what does not wake up', async () => {
    Logger.overrideLogger(false);
    await open({ pauseAfterSeconds: 0.02 });
    await runOnce('v', 'a');
    await waitFor(() => fake.latest.paused, soon);
    fake.latest.resumeFailure = new Error('the engine hangs');
    const first = fake.latest;
    expect(await runOnce('v', 'b')).toMatchObject({ state: 'succeeded', coldStart: true });
    await waitFor(() => first.killed, soon);
  });

  it('lets nobody wait for ever behind a container that is never idle', async () => {
    await open({ memoryBytes: 1, patienceSeconds: 0.05 });
    const call = (versionId: string, id: string): Promise<PoolResult> =>
      pool.run(versionOf(versionId), 'interactive', invocationOf(id));
    const first = call('busy', 'a');
    await waitFor(() => fake.started[0]?.inFlight.length === 1, soon);
    const waiting = call('other', 'b');
    await waitFor(() => pool.figures().waiting === 1, soon);
    // From some moment on what comes for the busy one has to wait as well.
    const later: Promise<PoolResult>[] = [];
    await waitFor(() => {
      later.push(call('busy', `c${later.length}`));
      return pool.figures().waiting > 1;
    }, soon);
    for (const id of fake.started[0]?.inFlight ?? []) fake.started[0]?.succeed(id);
    await waitFor(() => fake.started[1]?.inFlight.includes('b'), soon);
    fake.started[1]?.succeed('b');
    expect(await waiting).toMatchObject({ state: 'succeeded' });
    expect(await first).toMatchObject({ state: 'succeeded' });
    await waitFor(() => fake.started[2]?.inFlight.length === 1, soon);
    fake.started[2]?.succeed(fake.started[2].inFlight[0] ?? '');
    await Promise.all(later);
  });

  it('removes what is idle for long', async () => {
    await open({ idleSeconds: 0.05 });
    await runOnce('v', 'a');
    await waitFor(() => fake.latest.killed, soon);
    expect(pool.figures().containers).toMatchObject({ idle: 0, busy: 0 });
  });

  it('has a container ready before anybody comes, and gives it the app of the first', async () => {
    await open({ prewarm: PREWARM });
    await waitFor(() => pool.figures().containers.prewarmed === 1, soon);
    const prewarmed = fake.latest;
    const [codeFolder = ''] = await readdir(join(folder, 'code'));
    expect(await readdir(join(folder, 'code', codeFolder))).toEqual([]);
    expect(fake.specs[0]).toMatchObject({ appVersionId: 'prewarmed' });
    expect(await runOnce('v', 'a')).toMatchObject({ state: 'succeeded', coldStart: true });
    expect(prewarmed.environment).toMatchObject({ WEBSITE_SITE_NAME: 'app-v', FAKE: '1' });
    expect(prewarmed.environment).not.toHaveProperty('WEBSITE_PLACEHOLDER_MODE');
    await access(join(folder, 'code', codeFolder, 'host.json'));
    expect(pool.figures().starts).toEqual({ warm: 0, prewarmed: 1, cold: 0 });
    await waitFor(() => pool.figures().containers.prewarmed === 1, soon);
    expect(fake.started).toHaveLength(2);
    await pool.close();
    expect(await readdir(join(folder, 'code'))).toEqual([]);
  });

  it('starts another where a prewarmed container does not take its app', async () => {
    Logger.overrideLogger(false);
    await open({ prewarm: PREWARM });
    await waitFor(() => pool.figures().containers.prewarmed === 1, soon);
    const prewarmed = fake.latest;
    prewarmed.specialiseFailure = new Error('no reload');
    expect(await runOnce('v', 'a')).toMatchObject({ state: 'succeeded' });
    expect(prewarmed.killed).toBe(true);
  });

  it('replaces a prewarmed container that has ended', async () => {
    await open({ prewarm: PREWARM });
    await waitFor(() => pool.figures().containers.prewarmed === 1, soon);
    fake.latest.exit({ exitCode: 1, cause: 'exited', lastStderr: '' });
    await waitFor(() => fake.started.length === 2 && pool.figures().containers.prewarmed === 1, soon);
    await waitFor(async () => (await readdir(join(folder, 'code'))).length === 1, soon);
  });

  it('adds prewarmed containers after cold starts, and removes them in time', async () => {
    await open({ memoryBytes: 10, prewarm: { base: 0, reactiveMax: 1, timeToLiveSeconds: 0.05 } });
    await runOnce('v', 'a');
    await waitFor(() => fake.started.length > 1 && fake.started[1]?.killed, soon);
  });

  it('prewarms nothing where the runtime has no way to give it an app', async () => {
    fake.canPrewarm = false;
    await open({ prewarm: PREWARM });
    await runOnce('v', 'a');
    expect(fake.started).toHaveLength(1);
    expect(pool.figures().starts.cold).toBe(1);
  });

  it('takes back a lease that never ends, and says so as an error', async () => {
    const errors: unknown[] = [];
    Logger.overrideLogger({
      log: () => {},
      warn: () => {},
      error: (message: unknown) => errors.push(message),
    });
    await open({});
    const needs = needsOf({}, fake.equipment.settings);
    const starter = new ContainerStarter(fake.equipment, packages, quietPool(folder));
    const desk = new ContainerDesk(starter, 1);
    const keeper = new PoolKeeper(desk, starter, fake.equipment, needs, quietPool(folder));
    keeper.open();
    const app = { packageDigest: 'd', appVersionId: 'v', environment: {}, needs };
    const request = {
      key: 'v',
      shape: shapeOf(needs),
      memoryBytes: 1,
      concurrency: 1,
      canSpecialise: true,
      app,
    };
    const lease = await desk.lease(request);
    await lease?.entry.app();
    lease?.limit(0, fake.equipment.hold.workMs);
    const next = desk.lease(request);
    await lease?.reclaimed;
    expect(errors).toEqual([expect.stringContaining('was to be free long ago')]);
    expect((await next)?.start).toBe('cold');
    await waitFor(() => fake.started[0]?.killed, soon);
    keeper.close();
    await desk.close();
    Logger.overrideLogger(false);
  });
});
