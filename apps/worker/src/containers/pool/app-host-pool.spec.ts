import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeContainers } from '../../../../../test/support/doubles/fake-containers.js';
import { FakePackages } from '../../../../../test/support/doubles/fake-packages.js';
import {
  invocationOf as call,
  poolFolder,
  quietPool,
  versionOf as version,
} from '../../../../../test/support/doubles/pool-under-test.js';
import { removeFolder } from '../../../../../test/support/temp-folder.js';
import { EvictedError } from '../evicted-error.js';
import { AppHostPool } from './app-host-pool.js';
import { PoolClosedError } from './waiting-line.js';

const turns = async (): Promise<void> => {
  for (let count = 0; count < 20; count += 1) await nextTurn();
};

describe('AppHostPool', () => {
  let folder: string;
  let fake: FakeContainers;
  let packages: FakePackages;
  let pool: AppHostPool;

  beforeEach(async () => {
    const made = await poolFolder();
    folder = made.folder;
    fake = new FakeContainers();
    packages = new FakePackages(made.packageFolder);
    // Each container takes 1 of 2.
    pool = new AppHostPool(packages, quietPool(folder, { concurrency: 3 }));
    await pool.open(fake.equipment);
  });

  afterEach(async () => {
    await pool.close();
    await removeFolder(folder);
  });

  it('starts one container for many calls of a version in a compartment', async () => {
    const results = ['a', 'b', 'c'].map((id) => pool.run(version('v'), 'interactive', call(id)));
    await turns();
    expect(fake.started).toHaveLength(1);
    for (const id of fake.latest.inFlight) fake.latest.succeed(id);
    expect((await Promise.all(results)).map(({ coldStart }) => coldStart)).toEqual([true, false, false]);
  });

  it('never shares a container between versions or compartments', async () => {
    void pool.run(version('v'), 'interactive', call('a'));
    void pool.run(version('v'), 'chunk-0', call('b'));
    await turns();
    expect(fake.started.map(({ inFlight }) => inFlight)).toEqual([['a'], ['b']]);
    fake.started.forEach((container, index) => container.succeed(['a', 'b'][index] ?? ''));
  });

  it('evicts what runs when it is told to, and keeps what is idle', async () => {
    const idle = pool.run(version('idle'), 'interactive', call('a'));
    await turns();
    fake.latest.succeed('a');
    await idle;
    const busy = pool.run(version('busy'), 'interactive', call('b'));
    await turns();
    await pool.evictBusy();
    expect(await busy).toMatchObject({ state: 'evicted' });
    expect(pool.figures().containers).toMatchObject({ busy: 0, idle: 1 });
  });

  describe('that refuses', () => {
    it('lets what runs go on, and evicts what comes, what waits and what is being started', async () => {
      const runs = pool.run(version('a'), 'interactive', call('a'));
      await turns();
      const [first] = fake.started;
      const other = pool.run(version('b'), 'interactive', call('b'));
      await turns();
      const waits = pool.run(version('c'), 'interactive', call('c'));
      await turns();
      pool.refuse();
      const comes = pool.run(version('a'), 'interactive', call('d'));
      expect(await Promise.all([waits, comes])).toMatchObject([{ state: 'evicted' }, { state: 'evicted' }]);
      expect(await pool.warm(version('a'))).toBe(false);
      await expect(pool.lookInto('d', 'd', {}, () => 1)).rejects.toThrow(EvictedError);
      expect(pool.occupied).toBe(2);
      first?.succeed('a');
      expect(await runs).toMatchObject({ state: 'succeeded' });
      await pool.evictBusy();
      expect([await other, pool.occupied]).toMatchObject([{ state: 'evicted' }, 0]);
    });

    it('evicts who waits for a start, which is given up', async () => {
      fake.hangsWhileLoading = true;
      const starting = pool.run(version('v'), 'interactive', call('a'));
      const looking = pool.lookInto('d', 'd', {}, () => 1);
      await turns();
      pool.refuse();
      await expect(looking).rejects.toThrow(EvictedError);
      expect(await starting).toMatchObject({ state: 'evicted' });
      await turns();
      expect(fake.started.map(({ killed }) => killed)).toEqual([true, true]);
    });

    it('takes calls again when it is told to', async () => {
      pool.refuse();
      expect(await pool.run(version('v'), 'interactive', call('a'))).toMatchObject({ state: 'evicted' });
      pool.admit();
      const run = pool.run(version('v'), 'interactive', call('b'));
      await turns();
      fake.latest.succeed('b');
      expect(await run).toMatchObject({ state: 'succeeded' });
    });
  });

  it('starts another container once the settings of the app have changed, within the machine’s caps', async () => {
    const before = pool.run(version('v'), 'interactive', call('a'));
    const container = { cpuWeight: 7, pids: 99, network: { policy: 'outbound' } } as const;
    const after = pool.run({ ...version('v'), container }, 'interactive', call('b'));
    await turns();
    expect(fake.started.map(({ inFlight }) => inFlight)).toEqual([['a'], ['b']]);
    expect(fake.specs.map(({ limits, network }) => [limits.cpuWeight, limits.pids, network.policy])).toEqual([
      [1, 1, 'none'],
      [7, 1, 'none'],
    ]);
    fake.started.forEach((one, index) => one.succeed(['a', 'b'][index] ?? ''));
    await Promise.all([before, after]);
  });

  it('evicts an idle container for another version, and waits while all are busy', async () => {
    const first = pool.run(version('v1'), 'interactive', call('a'));
    const second = pool.run(version('v2'), 'interactive', call('b'));
    await turns();
    const third = pool.run(version('v3'), 'interactive', call('c'));
    await turns();
    expect(fake.started).toHaveLength(2);
    fake.started[0]?.succeed('a');
    await first;
    await turns();
    expect(fake.started).toHaveLength(3);
    expect(fake.started[0]?.killed).toBe(true);
    fake.started[1]?.succeed('b');
    fake.latest.succeed('c');
    await Promise.all([second, third]);
  });

  it('starts a new container after one has ended', async () => {
    const first = pool.run(version('v'), 'interactive', call('a'));
    await turns();
    fake.latest.exit({ exitCode: 1, cause: 'exited', lastStderr: '' });
    expect((await first).state).toBe('exited');
    const second = pool.run(version('v'), 'interactive', call('b'));
    await turns();
    expect(fake.started).toHaveLength(2);
    fake.latest.succeed('b');
    expect((await second).state).toBe('succeeded');
  });

  it('runs suspects one after the other, each alone', async () => {
    const results = ['a', 'b'].map((id) => pool.runAlone(version('v'), call(id)));
    await turns();
    expect(fake.latest.inFlight).toEqual(['a']);
    fake.latest.exit({ exitCode: 1, cause: 'memoryLimit', lastStderr: '' });
    expect((await results[0])?.state).toBe('exited');
    await turns();
    expect(fake.latest.inFlight).toEqual(['b']);
    fake.latest.succeed('b');
    expect((await results[1])?.state).toBe('succeeded');
  });

  it('makes room again when a container could not be started', async () => {
    fake.problems = ['broken'];
    await expect(pool.run(version('v'), 'interactive', call('a'))).rejects.toThrow('broken');
    await turns();
    expect(pool.figures().containers).toMatchObject({ starting: 0, busy: 0, idle: 0 });
    expect(packages.held).toEqual([]);
  });

  it('starts another container for what is more than one may run at a time', async () => {
    const results = ['a', 'b', 'c', 'd'].map((id) => pool.run(version('v'), 'interactive', call(id)));
    await turns();
    expect(fake.started.map(({ inFlight }) => inFlight)).toEqual([['a', 'b', 'c'], ['d']]);
    fake.started.forEach((one) => one.inFlight.forEach((id) => one.succeed(id)));
    expect((await Promise.all(results)).map(({ coldStart }) => coldStart)).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(pool.figures()).toEqual({
      containers: { starting: 0, prewarmed: 0, busy: 0, idle: 2, paused: 0 },
      starts: { cold: 2, prewarmed: 0, warm: 2 },
      waiting: 0,
    });
  });

  it('serves who waits in the order in which they came, but lets nobody wait for a container of theirs with room', async () => {
    const busy = ['v1', 'v2'].map((id) => pool.run(version(id), 'interactive', call(id)));
    await turns();
    const [third, fourth] = ['v3', 'v4'].map((id) => pool.run(version(id), 'interactive', call(id)));
    const besides = pool.run(version('v1'), 'interactive', call('besides'));
    await turns();
    expect(fake.started[0]?.inFlight).toEqual(['v1', 'besides']);
    expect(pool.figures().waiting).toBe(2);
    fake.started[1]?.succeed('v2');
    await turns();
    expect(fake.latest.inFlight).toEqual(['v3']);
    fake.latest.succeed('v3');
    await turns();
    expect(fake.latest.inFlight).toEqual(['v4']);
    fake.latest.succeed('v4');
    fake.started[0]?.succeed('v1');
    fake.started[0]?.succeed('besides');
    await Promise.all([...busy, third, fourth, besides]);
  });

  it('forgets who has given up waiting', async () => {
    const busy = ['v1', 'v2'].map((id) => pool.run(version(id), 'interactive', call(id)));
    await turns();
    const abort = new AbortController();
    const waiting = pool.run(version('v3'), 'interactive', call('c'), abort.signal);
    await turns();
    abort.abort();
    expect(await waiting).toMatchObject({ state: 'cancelled' });
    fake.started.forEach((one) => one.inFlight.forEach((id) => one.succeed(id)));
    await Promise.all(busy);
    await turns();
    expect(fake.started).toHaveLength(2);
  });

  it('takes no more than it is allowed from now on, and uses what it is allowed again', async () => {
    const first = pool.run(version('v1'), 'interactive', call('a'));
    const second = pool.run(version('v2'), 'interactive', call('b'));
    await turns();
    fake.started[0]?.succeed('a');
    await first;
    pool.allow(1);
    await turns();
    expect(fake.started[0]?.killed).toBe(true);
    expect(fake.started[1]?.killed).toBe(false);
    const third = pool.run(version('v3'), 'interactive', call('c'));
    await turns();
    expect(fake.started).toHaveLength(2);
    pool.allow(2);
    await turns();
    fake.started[1]?.succeed('b');
    fake.latest.succeed('c');
    await Promise.all([second, third]);
  });

  it('looks into a package in a container that nothing else runs in', async () => {
    const seen = await pool.lookInto('digest', 'id', {}, (host) => host.app.functions.size);
    expect(seen).toBe(0);
    expect(fake.latest.killed).toBe(true);
    expect(packages.held).toEqual([]);
  });

  it('warms up where nobody has to go for it', async () => {
    expect(await pool.warm(version('v1'))).toBe(true);
    expect(await pool.warm(version('v1'))).toBe(true);
    expect(await pool.warm(version('v2'))).toBe(true);
    expect(await pool.warm(version('v3'))).toBe(false);
    expect(fake.started).toHaveLength(2);
    const result = pool.run(version('v1'), 'interactive', call('a'));
    await turns();
    fake.started[0]?.succeed('a');
    expect(await result).toMatchObject({ coldStart: false });
  });

  it('settles everybody when it is closed', async () => {
    const running = ['v1', 'v2'].map((id) => pool.run(version(id), 'interactive', call(id)));
    await turns();
    const waiting = pool.run(version('v3'), 'interactive', call('c'));
    waiting.catch(() => undefined);
    await pool.close();
    expect(await Promise.all(running)).toMatchObject([{ state: 'evicted' }, { state: 'evicted' }]);
    await expect(waiting).rejects.toThrow(PoolClosedError);
    await expect(pool.run(version('v4'), 'interactive', call('d'))).rejects.toThrow(PoolClosedError);
    expect(packages.held).toEqual([]);
  });
});
