import { describe, expect, it } from '@jest/globals';
import { containerOptions, type ContainerSurroundings } from './container-options.js';
import { linuxEngine } from './linux-engine.js';

const spec = {
  id: 'c-1',
  token: 'secret',
  packageFolder: '/cache/abc',
  environment: { GREETING: 'a=b' },
  limits: { memoryBytes: 268_435_456, cpus: 0.5, cpuWeight: 50, pids: 64, tmpBytes: 1_000_000 },
  network: { policy: 'outbound' as const },
  channelPort: 50051,
  maxMessageBytes: 1024,
  appVersionId: 'v-1',
};

const surroundings: ContainerSurroundings = {
  dialect: linuxEngine,
  owner: { installationId: 'home', workerId: 'w-1', lifeId: 'l-1' },
  settings: {
    namePrefix: 'nightjar-',
  },
  cgroupParent: '/nightjar-w-1',
  image: 'nightjar/node:abc',
  runtime: 'node',
  command: {
    executable: '/usr/local/bin/node',
    arguments: ['--max-old-space-size=192', '/nightjar/language-worker/main.mjs'],
    workerDirectory: '/nightjar/language-worker',
  },
  networkId: 'net-1',
  extraHosts: [],
  channelHost: '172.18.0.1',
  createdAt: new Date(0),
};

describe('containerOptions', () => {
  const options = containerOptions(spec, surroundings);

  it('confines the container', () => {
    expect(options.User).toBe('10001:10001');
    expect(options.HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Mounts: [{ Type: 'bind', Source: '/cache/abc', ReadOnly: true }],
      Tmpfs: { '/tmp': expect.stringContaining('size=1000000') },
      LogConfig: { Type: 'none' },
      RestartPolicy: { Name: 'no' },
      AutoRemove: false,
      NetworkMode: 'net-1',
    });
  });

  it('limits what it takes', () => {
    expect(options.HostConfig).toMatchObject({
      Memory: 268_435_456,
      MemorySwap: 268_435_456,
      NanoCpus: 500_000_000,
      CpuShares: 512,
      PidsLimit: 64,
    });
    expect(options.HostConfig?.Ulimits).toContainEqual({ Name: 'nofile', Soft: 4096, Hard: 4096 });
  });

  it('is in the group of its worker, and with none where the engine puts it', () => {
    expect(options.HostConfig?.CgroupParent).toBe('/nightjar-w-1');
    const elsewhere = containerOptions(spec, { ...surroundings, cgroupParent: undefined });
    expect(elsewhere.HostConfig).not.toHaveProperty('CgroupParent');
  });

  it('says whose it is', () => {
    expect(options.name).toBe('nightjar-c-1');
    expect(options.Labels).toEqual({
      'nightjar.installation': 'home',
      'nightjar.worker': 'w-1',
      'nightjar.app-version': 'v-1',
      'nightjar.life': 'l-1',
      'nightjar.kind': 'app',
      'nightjar.created': '1970-01-01T00:00:00.000Z',
    });
  });

  it('runs the language worker with the app’s settings', () => {
    expect(options.Env).toContain('GREETING=a=b');
    expect(options.Env).toContain('FUNCTIONS_WORKER_DIRECTORY=/nightjar/language-worker');
    expect(options.Env).toContain('FUNCTIONS_WORKER_RUNTIME=node');
    expect(options.Entrypoint).toEqual(['/usr/local/bin/node']);
    expect(options.Cmd?.join(' ')).toContain(
      '/nightjar/language-worker/main.mjs --host 172.18.0.1 --port 50051',
    );
  });

  it('takes the resolver away where there is no way out', () => {
    expect(options.HostConfig?.Dns).toBeUndefined();
    const closed = containerOptions({ ...spec, network: { policy: 'none' } }, surroundings);
    expect(closed.HostConfig?.Dns).toEqual(['127.0.0.1']);
  });
});
