import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import type {
  ContainerRuntime,
  ContainerSpec,
} from '../../../apps/worker/src/containers/container-runtime.js';
import { firstAnswer } from './container-output.js';
import { limitsOf, Specs } from './container-runtime-contract.js';
import { TestInstallation } from './docker-under-test.js';

Logger.overrideLogger(false);
// An engine on a busy machine takes seconds for what it else does in a moment.
jest.setTimeout(120_000);

/** Engines differ: there is no route, or what takes it is dropped. */
const NOWHERE = /^(no answer|ENETUNREACH|EHOSTUNREACH)$/;

let installation: TestInstallation;
let specs: Specs;
const opened: ContainerRuntime[] = [];
const servers: Server[] = [];

beforeAll(async () => {
  installation = await TestInstallation.create();
  specs = await Specs.create();
  await installation.runtime().prepare();
});

afterEach(async () => {
  for (const runtime of opened.splice(0)) await runtime.close();
  for (const server of servers.splice(0)) server.close();
  expect(await installation.containers()).toEqual([]);
});

afterAll(async () => {
  await specs.remove();
  await installation.remove();
});

async function open(
  networkMode: 'outbound' | 'none' = 'outbound',
): Promise<{ runtime: ContainerRuntime; channelHost: string; answerOf: AnswerOf }> {
  const runtime = installation.runtime({ networkMode });
  opened.push(runtime);
  const { channelHost } = await runtime.prepare();
  return { runtime, channelHost, answerOf: async (spec) => firstAnswer(await runtime.start(spec)) };
}

type AnswerOf = (spec: ContainerSpec) => Promise<Record<string, unknown>>;

async function listenOn(host: string): Promise<string> {
  const server = createServer((socket) => socket.end());
  servers.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  return `${host}:${(server.address() as AddressInfo).port}`;
}

/** An address of this machine that is not the containers' gateway: beyond their network. */
function addressBeyond(channelHost: string): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const beyond = addresses.find(
    ({ family, internal, address }) => family === 'IPv4' && !internal && address !== channelHost,
  );
  if (beyond === undefined)
    throw new Error('This machine has no other address than the containers’ gateway.');
  return beyond.address;
}

describe('a container’s files', () => {
  it('are its app to read, and /tmp to write', async () => {
    const { answerOf } = await open();
    const app = '/home/site/wwwroot';
    const paths = [
      '/tmp/x',
      `${app}/x`,
      `${app}/host.json`,
      '/x',
      '/nightjar/language-worker/main.mjs',
      '/etc/passwd',
    ];
    const answer = await answerOf(specs.spec('files', [`${app}/host.json`, ...paths].join(',')));
    const [temporary, ...others] = paths;
    expect(answer).toEqual({
      read: '{"version":"2.0"}',
      written: {
        [temporary as string]: 'done',
        ...Object.fromEntries(others.map((path) => [path, 'EROFS'])),
      },
      temporary: '/tmp',
    });
  });

  it('do not fill the disk', async () => {
    const { answerOf } = await open();
    const answer = await answerOf(specs.spec('fill'));
    expect(answer.outcome).toBe('ENOSPC');
    expect(answer.written).toBeLessThanOrEqual(64);
  });

  it('are none of the machine’s, and not the engine’s socket', async () => {
    const { answerOf } = await open();
    const paths = [
      '/var/run/docker.sock',
      '/run/docker.sock',
      '/etc/shadow',
      '/root/.bashrc',
      '/proc/kcore',
      '/dev/sda',
    ];
    const answer = await answerOf(specs.spec('read', paths.join(',')));
    for (const path of paths) expect(answer[path]).toMatch(/^(ENOENT|EACCES|EPERM)$/);
  });
});

describe('a container’s process', () => {
  it('is not root', async () => {
    const { answerOf } = await open();
    expect(await answerOf(specs.spec('describe'))).toMatchObject({ uid: 10001, gid: 10001, home: '/tmp' });
  });

  it('is killed for its own memory, and that is told apart from other kills', async () => {
    const { runtime } = await open();
    const limits = limitsOf(128);
    const hog = await runtime.start(specs.spec('buffers', '', { limits }));
    expect(await hog.exited).toMatchObject({ exitCode: 137, cause: 'memoryLimit' });
    const victim = await runtime.start(specs.spec('wait', '', { limits }));
    await installation.docker.getContainer(`nightjar-${victim.id}`).kill();
    expect(await victim.exited).toMatchObject({ exitCode: 137, cause: 'outsider' });
  });

  it('can not start processes without end', async () => {
    const { answerOf } = await open();
    const answer = await answerOf(specs.spec('fork'));
    // The limit counts threads, of which each Node has about ten.
    expect(answer.alive).toBeLessThan(20);
  });
});

describe('a container’s network', () => {
  it('leads to the FunctionRpc host, and outwards', async () => {
    const { answerOf, channelHost } = await open('outbound');
    const host = await listenOn(channelHost);
    const beyond = await listenOn(addressBeyond(channelHost));
    expect(await answerOf(specs.spec('reach', `${host},${beyond}`))).toEqual({
      [host]: 'connected',
      [beyond]: 'connected',
    });
  });

  it('leads nowhere but to this machine, for its FunctionRpc host, in mode "none"', async () => {
    const { answerOf, channelHost } = await open('none');
    const host = await listenOn(channelHost);
    const [metadata, internet] = ['169.254.169.254:80', '198.51.100.1:443'];
    const answer = await answerOf(specs.spec('reach', [host, metadata, internet].join(',')));
    expect(answer[host]).toBe('connected');
    expect(answer[metadata]).toMatch(NOWHERE);
    expect(answer[internet]).toMatch(NOWHERE);
  });

  it('looks no names up in mode "none", by which data could leave', async () => {
    const { answerOf } = await open('none');
    expect((await answerOf(specs.spec('resolve', 'data.example.org'))).outcome).toMatch(
      /^(EAI_AGAIN|ENOTFOUND)$/,
    );
  });

  it.each(['outbound', 'none'] as const)('does not lead to its neighbours in mode "%s"', async (mode) => {
    const { answerOf } = await open(mode);
    const { address } = await answerOf(specs.spec('listen'));
    const neighbour = `${address as string}:7000`;
    expect((await answerOf(specs.spec('reach', neighbour)))[neighbour]).toMatch(NOWHERE);
  });
});
