import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { encodeFramedMessage } from '#shared/contracts/function-rpc/codec.js';
import { EVENT_STREAM_PATH } from '#shared/contracts/function-rpc/service.js';
import { setContainerSettings } from '../support/container-settings-api.js';
import { OutsideWorld } from '../support/outside-world.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { curiousApp } from './support/hostile-app.js';

jest.setTimeout(300_000);

/** gRPC's "unauthenticated". */
const UNAUTHENTICATED = '16';
/** Refused by the filter, or the container's own kernel knows no way. */
const REFUSED = /^(ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|EADDRNOTAVAIL)$/;
const NO_SUCH_FILE = /^(ENOENT|EACCES|EPERM|ENXIO)$/;
const METADATA = ['169.254.169.254:80', '100.100.100.200:80', '168.63.129.16:80', '[fd00:ec2::254]:80'];
const FOLLOWED_MS = 120_000;

describe('From inside a container', () => {
  let stack: Stack;
  let outside: OutsideWorld;
  let everywhere: Server;
  let channel: string;

  beforeAll(async () => {
    outside = await OutsideWorld.create();
    // Stands for whatever listens on all of this machine's addresses: Redis, SQL, an engine's TCP port, a person's own server.
    everywhere = createServer((socket) => socket.end()).listen(0, '0.0.0.0');
    await once(everywhere, 'listening');
    const workerSettings = { NIGHTJAR_DENIED_NETWORKS: outside.addresses[1] };
    stack = await Stack.start({ runtime: 'docker', workerSettings });
    await publishApp(stack.url, 'curious', await curiousApp());
    await publishApp(stack.url, 'other', await curiousApp());
    channel = await ask<string>('channel');
  });

  afterAll(async () => {
    // First what can't fail: a stack that did not start is none to be stopped.
    everywhere.close();
    await outside.remove();
    await stack.stop();
  });

  const ask = async <Answer>(name: string, input: unknown = null, app = 'curious'): Promise<Answer> => {
    const response = await fetch(`${stack.url}/apps/${app}/api/${name}`, {
      method: 'POST',
      body: JSON.stringify(input),
    });
    expect([name, response.status]).toEqual([name, 200]);
    return (await response.json()) as Answer;
  };
  const reach = (targets: readonly string[]): Promise<Record<string, string>> => ask('reach', targets);

  const beyond = (index: 0 | 1): string => `${outside.addresses[index]}:${outside.port}`;

  it('only the FunctionRpc host of this machine is reached, and the world', async () => {
    expect(await reach([channel, beyond(0)])).toEqual({ [channel]: 'connected', [beyond(0)]: 'connected' });
  });

  it('no service of this machine is reached, on any of its addresses', async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const own = addresses
      .filter(({ scopeid }) => !scopeid)
      .map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address));
    const gateway = channel.split(':')[0] ?? '';
    const redisPort = new URL(stack.redis.url).port;
    const ports = [(everywhere.address() as AddressInfo).port, redisPort, stack.management.port, 22, 2375];
    const targets = [...new Set([...own, gateway])].flatMap((host) => ports.map((port) => `${host}:${port}`));
    expect(targets.length).toBeGreaterThanOrEqual(10);
    const outcomes = await reach(targets);
    for (const target of targets)
      expect([target, outcomes[target]]).toEqual([target, expect.stringMatching(REFUSED)]);
  });

  it('neither metadata of the cloud, nor what the worker’s settings deny', async () => {
    const targets = [...METADATA, beyond(1)];
    const outcomes = await reach(targets);
    for (const target of targets)
      expect([target, outcomes[target]]).toEqual([target, expect.stringMatching(/^E/)]);
  });

  it('no other container, of the same app or another', async () => {
    const other = await ask<string>('listen', null, 'other');
    expect((await reach([other]))[other]).toMatch(REFUSED);
  });

  it('not the engine’s socket, and no file of this machine', async () => {
    const sockets = ['/var/run/docker.sock', '/run/docker.sock', '/run/containerd/containerd.sock'];
    for (const outcome of Object.values(await reach(sockets))) expect(outcome).toMatch(NO_SUCH_FILE);
    const files = [
      '/etc/shadow',
      '/root/.bashrc',
      '/proc/kcore',
      '/dev/mem',
      '/proc/1/root/etc/shadow',
      '/var/lib/docker',
    ];
    for (const outcome of Object.values(await ask<object>('read', files)))
      expect(outcome).toMatch(NO_SUCH_FILE);
  });

  it('no secret of the worker’s environment is seen', async () => {
    const environment = await ask<Record<string, string>>('environment');
    expect(
      Object.keys(environment).filter((name) => /^(NIGHTJAR_WORKER_KEY|REDIS|DATABASE)/.test(name)),
    ).toEqual([]);
    expect(Object.values(environment)).not.toContain(stack.management.workerKey);
  });

  it('no other language worker is impersonated: a wrong token ends the stream with nothing told', async () => {
    const message = Buffer.from(encodeFramedMessage({ startStream: { workerId: 'a-guess' } })).toString(
      'base64',
    );
    expect(await ask('impersonate', { channel, path: EVENT_STREAM_PATH, message })).toEqual({
      status: UNAUTHENTICATED,
      receivedBytes: 0,
    });
  });

  it('the world is closed as soon as the app’s settings say so', async () => {
    await setContainerSettings(stack.url, 'curious', { network: { policy: 'none' } });
    const outcome = await waitFor(
      async () => {
        const [result] = Object.values(await reach([beyond(0)]));
        return result === 'connected' ? undefined : result;
      },
      { timeoutMs: FOLLOWED_MS, intervalMs: 500, what: 'a container with the new settings' },
    );
    expect(outcome).toMatch(REFUSED);
  });
});
