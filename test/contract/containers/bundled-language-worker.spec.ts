import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { NetworkAccess } from '#shared/domain/container-settings.js';
import { newId } from '#shared/domain/ids.js';
import { GrpcChannelServer } from '../../../apps/worker/src/channel/grpc-channel-server.js';
import type { ContainerRuntime } from '../../../apps/worker/src/containers/container-runtime.js';
import type { LanguageWorkerFiles } from '../../../apps/worker/src/containers/language-worker-command.js';
import { ProcessContainerRuntime } from '../../../apps/worker/src/containers/process/process-container-runtime.js';
import { leastEnvironment } from '../../../apps/worker/src/containers/process/process-settings.js';
import { makeTempFolder, removeFolder } from '../../support/temp-folder.js';
import { Specs } from './container-runtime-contract.js';
import { TestInstallation } from './docker-under-test.js';

Logger.overrideLogger(false);
// An engine on a busy machine takes seconds for what it else does in a moment.
jest.setTimeout(120_000);

const MEBIBYTE = 1024 * 1024;
/** Tests run from the repository's root, as npm runs scripts. */
const BUNDLER = join(process.cwd(), 'scripts/bundle-language-worker.mjs');

const FUNCTION = {
  bindings: [
    { type: 'queueTrigger', name: 'item', direction: 'in', queueName: 'items' },
    { type: 'queue', name: 'result', direction: 'out', queueName: 'results' },
  ],
};
const CODE = `module.exports = async function (context, item) {
  context.log('seen', item.number);
  context.bindings.result = { doubled: item.number * 2, greeting: process.env.GREETING };
};`;

let folder: string;
let languageWorker: LanguageWorkerFiles;
let installation: TestInstallation;
let specs: Specs;
const cleanUps: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await makeTempFolder('bundle');
  languageWorker = { folder: join(folder, 'language-worker'), entry: 'language-worker.cjs' };
  await mkdir(languageWorker.folder);
  await promisify(execFile)(process.execPath, [BUNDLER, join(languageWorker.folder, languageWorker.entry)]);
  installation = await TestInstallation.create();
  specs = await Specs.create();
  await writeApp(specs.packageFolder);
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

afterAll(async () => {
  await specs.remove();
  await installation.remove();
  await removeFolder(folder);
});

async function writeApp(packageFolder: string): Promise<void> {
  await mkdir(join(packageFolder, 'double'));
  await writeFile(join(packageFolder, 'double', 'function.json'), JSON.stringify(FUNCTION));
  await writeFile(join(packageFolder, 'double', 'index.js'), CODE);
}

const NETWORKS: readonly NetworkAccess[] = [
  { policy: 'none' },
  { policy: 'outbound' },
  { policy: 'allowList', allow: [{ host: '203.0.113.0/24', firstPort: 443, lastPort: 443 }] },
];

/** A runtime where most apps may go outwards: for others the host listens on another address as well. */
const docker = (server: GrpcChannelServer): ContainerRuntime =>
  installation.runtime({ languageWorker, listenOn: (host) => server.listen(host) });

const runtimes: Record<string, (server: GrpcChannelServer) => ContainerRuntime> = {
  'docker, none': docker,
  'docker, outbound': docker,
  'docker, allowList': docker,
  process: () =>
    new ProcessContainerRuntime({
      languageWorker,
      nodePath: process.execPath,
      dataFolder: join(folder, 'data'),
      baseEnvironment: leastEnvironment(process.env),
    }),
};

describe('the bundled language worker', () => {
  it.each(Object.keys(runtimes))('connects to its host and runs a function (%s)', async (name) => {
    const server = new GrpcChannelServer({ maxMessageBytes: 16 * MEBIBYTE });
    cleanUps.push(() => server.close());
    const runtime = (runtimes[name] as (server: GrpcChannelServer) => ContainerRuntime)(server);
    cleanUps.push(() => runtime.close());
    const { channelHost } = await runtime.prepare();
    const network = NETWORKS.find(({ policy }) => name.endsWith(policy)) ?? { policy: 'outbound' };
    const channelPort = await server.listen(channelHost);
    const token = newId();
    const accepted = server.accept(token, 60);
    const environment = { GREETING: 'hello' };
    const container = await runtime.start(specs.spec('', '', { token, channelPort, environment, network }));
    const channel = await accepted;
    const loaded = await channel.loadApp({
      packageFolder: specs.packageFolder,
      appDirectory: container.appDirectory,
    });
    expect(loaded.problems).toEqual([]);
    const logged: string[] = [];
    const result = await channel.invoke({
      invocationId: newId(),
      functionName: 'double',
      input: { kind: 'queue', message: '{"number":21}' },
      onLog: ({ message }) => logged.push(message),
    });
    expect(result).toMatchObject({
      state: 'succeeded',
      output: { outputs: { result: { doubled: 42, greeting: 'hello' } } },
    });
    expect(logged).toContain('seen 21');
    await container.kill();
    await channel.closed;
  });

  it('ends by itself when its host is gone', async () => {
    const server = new GrpcChannelServer({ maxMessageBytes: 16 * MEBIBYTE });
    const runtime = (runtimes.process as (server: GrpcChannelServer) => ContainerRuntime)(server);
    cleanUps.push(() => runtime.close());
    const { channelHost } = await runtime.prepare();
    const channelPort = await server.listen(channelHost);
    const token = newId();
    const accepted = server.accept(token, 60);
    const container = await runtime.start(specs.spec('', '', { token, channelPort }));
    await accepted;
    await server.close();
    expect((await container.exited).cause).not.toBe('memoryLimit');
  });
});
