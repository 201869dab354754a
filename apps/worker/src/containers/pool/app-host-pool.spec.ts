import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AppVersion } from '#shared/domain/function-app.js';
import { FakeContainers } from '../../../../../test/support/doubles/fake-containers.js';
import type { ChannelInvocation } from '../../channel/language-worker-channel.js';
import type { HeldPackage } from '../../packages/package-cache.js';
import { AppHostPool } from './app-host-pool.js';

const version = (id: string): AppVersion => ({
  id,
  appId: `app of ${id}`,
  appName: `app-${id}`,
  appCreatedAt: new Date(0),
  container: {},
  packageDigest: id,
  packageSizeBytes: 1,
  host: {
    functionTimeoutSeconds: null,
    http: {
      routePrefix: 'api',
      maxConcurrentRequests: null,
      maxOutstandingRequests: null,
      customHeaders: {},
    },
    logLevels: {},
  },
  functions: [],
  createdAt: new Date(0),
});
const call = (invocationId: string): ChannelInvocation => ({
  invocationId,
  functionName: 'f',
  input: { kind: 'queue', message: '1' },
  onLog: () => undefined,
});
const turns = async (): Promise<void> => {
  for (let count = 0; count < 20; count += 1) await nextTurn();
};

describe('AppHostPool', () => {
  let fake: FakeContainers;
  let pool: AppHostPool;
  const held = new Set<string>();
  beforeEach(() => {
    fake = new FakeContainers();
    const folderOf = (digest: string): Promise<string> => Promise.resolve(`/packages/${digest}`);
    const hold = async (digest: string): Promise<HeldPackage> => {
      held.add(digest);
      return { folder: await folderOf(digest), release: () => held.delete(digest) };
    };
    pool = new AppHostPool({ folderOf, hold }, { maxContainers: 2, idleSeconds: 600 });
    pool.open(fake.equipment);
  });
  afterEach(() => pool.close());

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
    expect(pool.size).toBe(0);
    expect(held.size).toBe(0);
  });
});
