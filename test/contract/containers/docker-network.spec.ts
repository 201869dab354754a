import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import type { NetworkAccess } from '#shared/domain/container-settings.js';
import type {
  ContainerRuntime,
  ContainerSpec,
} from '../../../apps/worker/src/containers/container-runtime.js';
import type { DockerSettings } from '../../../apps/worker/src/containers/docker/docker-settings.js';
import { DockerContainerRuntime } from '../../../apps/worker/src/containers/docker/docker-container-runtime.js';
import { chainNames } from '../../../apps/worker/src/containers/docker/filter/bridge-filter.js';
import { OutsideWorld } from '../../support/outside-world.js';
import { waitFor } from '../../support/wait-for.js';
import { collectOutput, firstAnswer } from './container-output.js';
import { Specs } from './container-runtime-contract.js';
import { TestInstallation } from './docker-under-test.js';

Logger.overrideLogger(false);
// An engine on a busy machine takes seconds for what it else does in a moment.
jest.setTimeout(180_000);

const run = promisify(execFile);
const CHANGE_MS = 60_000;
const REFUSED = 'ECONNREFUSED';
/** There is no way: refused by the filter, or the container's own kernel knows none. */
const NOWHERE = /^(ECONNREFUSED|ENETUNREACH|EHOSTUNREACH)$/;

let installation: TestInstallation;
let specs: Specs;
let outside: OutsideWorld;
const opened: ContainerRuntime[] = [];
const servers: Server[] = [];

beforeAll(async () => {
  installation = await TestInstallation.create();
  specs = await Specs.create();
  outside = await OutsideWorld.create();
});

afterEach(async () => {
  for (const runtime of opened.splice(0)) await runtime.close();
  for (const server of servers.splice(0)) server.close();
  expect(await installation.containers()).toEqual([]);
  expect(await ourChains()).toEqual([]);
});

afterAll(async () => {
  await outside.remove();
  await specs.remove();
  await installation.remove();
});

interface Opened {
  readonly runtime: ContainerRuntime;
  readonly settings: DockerSettings;
  /** Where the FunctionRpc host would listen: something does. */
  readonly channel: string;
  readonly spec: (act: string, subject: string, changes?: Partial<ContainerSpec>) => ContainerSpec;
  readonly reach: (...addresses: string[]) => Promise<Record<string, unknown>>;
  /** For an allow list, which opens only after the start: waits until the first address can be reached. */
  readonly reachOnceOpen: Opened['reach'];
}

/** A worker whose containers have this network. */
async function open(
  network: NetworkAccess,
  changes: Partial<DockerSettings> = {},
  lookup?: (host: string) => Promise<readonly string[]>,
): Promise<Opened> {
  const settings = installation.settings({
    listenOn: async (host) => portOf(await listen(host)),
    ...changes,
  });
  const runtime = new DockerContainerRuntime(settings, lookup);
  opened.push(runtime);
  const { channelHost } = await runtime.prepare();
  const usual = await listen(channelHost);
  const spec: Opened['spec'] = (act, subject, more = {}) =>
    specs.spec(act, subject, { network, channelPort: portOf(usual), ...more });
  const reach: Opened['reach'] = async (...addresses) =>
    firstAnswer(await runtime.start(spec('reach', addresses.join(','))));
  const reachOnceOpen: Opened['reach'] = async (...addresses) =>
    firstAnswer(await runtime.start(spec('reachOnceOpen', addresses.join(','))));
  return { runtime, settings, channel: usual, spec, reach, reachOnceOpen };
}

async function listen(host: string): Promise<string> {
  const server = createServer((socket) => socket.end());
  servers.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  return `${host}:${(server.address() as AddressInfo).port}`;
}

/** Another's bridge may have gone since the addresses were listed. */
async function listenOnEach(hosts: readonly string[]): Promise<string[]> {
  const listening = await Promise.allSettled(hosts.map(listen));
  return listening.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
}

function portOf(address: string): number {
  return Number(address.split(':')[1]);
}

/** The chains of the packet filter that belong to this installation. */
async function ourChains(): Promise<string[]> {
  const names = (['none', 'outbound', 'allowList'] as const).flatMap((policy) => {
    const { input, forward } = chainNames(`nightjar-${installation.id}-${policy}`, '');
    return [input, forward];
  });
  const saved = await Promise.all(['iptables-save', 'ip6tables-save'].map((program) => run(program)));
  const text = saved.map(({ stdout }) => stdout).join('\n');
  return names.filter((name) => text.includes(name));
}

/** Addresses of this machine beyond the containers' bridge. */
function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
}

const beyond = (index: 0 | 1): string => `${outside.addresses[index]}:${outside.port}`;

describe.each(['none', 'outbound', 'allowList'] as const)('a container with "%s"', (policy) => {
  const network: NetworkAccess =
    policy === 'allowList'
      ? { policy, allow: [{ host: '0.0.0.0/0', firstPort: 1, lastPort: 65_535 }] }
      : { policy };

  it('reaches the FunctionRpc host, and nothing else of this machine, nor what serves metadata', async () => {
    // The usual one: where it is another, the host listens where this policy's containers come by.
    const { channel, ...ways } = await open(network, {
      networkMode: policy === 'none' ? 'none' : 'outbound',
    });
    const gateway = channel.split(':')[0] ?? '';
    const closed = await listenOnEach([...ownAddresses(), gateway, '127.0.0.1']);
    expect(closed.length).toBeGreaterThanOrEqual(3);
    const metadata = ['169.254.169.254:80', '100.100.100.200:80', '168.63.129.16:80'];
    const all = [...closed, ...metadata];
    const answer =
      policy === 'allowList'
        ? await ways.reachOnceOpen(beyond(0), ...all)
        : await ways.reach(channel, ...all);
    if (policy !== 'allowList') expect(answer[channel]).toBe('connected');
    for (const address of all)
      expect([address, answer[address]]).toEqual([address, expect.stringMatching(NOWHERE)]);
  });

  it('does not reach its neighbours', async () => {
    const { runtime, spec, ...ways } = await open(network);
    const { address } = await firstAnswer(await runtime.start(spec('listen', '')));
    const neighbour = `${address as string}:7000`;
    const answer =
      policy === 'allowList' ? await ways.reachOnceOpen(beyond(0), neighbour) : await ways.reach(neighbour);
    expect(answer[neighbour]).toMatch(NOWHERE);
  });
});

describe('the network policy', () => {
  it('"none" leads nowhere, and looks no names up, by which data could leave', async () => {
    const { runtime, spec, reach } = await open({ policy: 'none' });
    expect((await reach(beyond(0)))[beyond(0)]).toMatch(NOWHERE);
    const answer = await firstAnswer(await runtime.start(spec('resolve', 'data.example.org')));
    expect(answer.outcome).toMatch(/^(EAI_AGAIN|ENOTFOUND)$/);
  });

  it('"outbound" leads outwards, but not to what the worker’s settings deny', async () => {
    const [first, second] = outside.addresses;
    const denied = { networks: [`${second}/32`], endpoints: [{ host: first, port: outside.port + 1 }] };
    const ranges = await open({ policy: 'outbound' }, { denied });
    expect(await ranges.reach(beyond(0), beyond(1))).toEqual({
      [beyond(0)]: 'connected',
      [beyond(1)]: REFUSED,
    });
    // What one worker denies is denied to all of the bridge.
    await ranges.runtime.close();
    const own = await open(
      { policy: 'outbound' },
      { denied: { networks: [], endpoints: [{ host: first, port: outside.port }] } },
    );
    expect(await own.reach(beyond(0), beyond(1))).toEqual({ [beyond(0)]: REFUSED, [beyond(1)]: 'connected' });
  });

  it('"allowList" leads where the app’s own list says, by address and port', async () => {
    const port = (firstPort: number): NetworkAccess => ({
      policy: 'allowList',
      allow: [{ host: `${outside.addresses[0]}/32`, firstPort, lastPort: firstPort }],
    });
    const { reachOnceOpen, runtime, spec } = await open(port(outside.port));
    expect(await reachOnceOpen(beyond(0), beyond(1))).toEqual({
      [beyond(0)]: 'connected',
      [beyond(1)]: REFUSED,
    });
    const other = spec('reach', beyond(0), { network: port(outside.port + 1) });
    expect(await firstAnswer(await runtime.start(other))).toEqual({ [beyond(0)]: REFUSED });
  });

  it('"allowList" does not open what is denied', async () => {
    const network: NetworkAccess = {
      policy: 'allowList',
      allow: [{ host: '0.0.0.0/0', firstPort: 1, lastPort: 65_535 }],
    };
    const { reachOnceOpen } = await open(network, {
      denied: { networks: [], endpoints: [{ host: outside.addresses[0], port: outside.port }] },
    });
    expect(await reachOnceOpen(beyond(1), beyond(0))).toEqual({
      [beyond(0)]: REFUSED,
      [beyond(1)]: 'connected',
    });
  });

  it('"allowList" follows a name to its new address while the container runs', async () => {
    const addresses = { now: outside.addresses[0] };
    const lookup = async (host: string): Promise<string[]> => {
      if (host !== 'db.test') throw new Error(`ENOTFOUND ${host}`);
      return [addresses.now];
    };
    const allow = [{ host: 'db.test', firstPort: outside.port, lastPort: outside.port }];
    const { runtime, spec } = await open({ policy: 'allowList', allow }, { lookUpSeconds: 0 }, lookup);
    const container = await runtime.start(spec('keepReaching', `db.test:${outside.port}`));
    const output = collectOutput(container);
    const lastLine = (): string | undefined => output.lines.at(-1)?.text;
    await waitFor(() => lastLine()?.includes('connected'), {
      timeoutMs: CHANGE_MS,
      what: 'the first address',
    });
    addresses.now = '203.0.113.7';
    await runtime.check();
    await waitFor(() => lastLine()?.includes('connected') === false, {
      timeoutMs: CHANGE_MS,
      what: 'the address where nobody is',
    });
    addresses.now = outside.addresses[1];
    await runtime.check();
    await waitFor(() => lastLine()?.includes('connected'), {
      timeoutMs: CHANGE_MS,
      what: 'the second address',
    });
  });

  it('comes back when somebody has emptied the packet filter', async () => {
    const { runtime, channel, reach, settings } = await open({ policy: 'outbound' });
    expect(await reach(channel)).toEqual({ [channel]: 'connected' });
    const { input, forward, ownInput } = chainNames(
      `nightjar-${installation.id}-outbound`,
      settings.workerId,
    );
    for (const chain of [input, forward, ownInput]) await run('iptables', ['-w', '20', '-F', chain]);
    await runtime.check();
    const closed = await listen(channel.split(':')[0] ?? '');
    expect(await reach(channel, closed)).toEqual({ [channel]: 'connected', [closed]: REFUSED });
  });

  it('of two workers on one bridge is each one’s own', async () => {
    const one = await open({ policy: 'outbound' });
    const two = await open({ policy: 'outbound' });
    expect(await one.reach(one.channel)).toEqual({ [one.channel]: 'connected' });
    expect(await two.reach(two.channel)).toEqual({ [two.channel]: 'connected' });
    await one.runtime.close();
    expect(await two.reach(two.channel)).toEqual({ [two.channel]: 'connected' });
  });
});
