import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newId } from '#shared/domain/ids.js';
import { GrpcChannelServer } from '../../../apps/worker/src/channel/grpc-channel-server.js';
import {
  EngineUnavailableError,
  type ContainerRuntime,
} from '../../../apps/worker/src/containers/container-runtime.js';
import type { DockerSettings } from '../../../apps/worker/src/containers/docker/docker-settings.js';
import { parseLanguageWorkers } from '../../../apps/worker/src/containers/language-workers/language-worker-choice.js';
import type {
  WindowsEngineDouble,
  WindowsEngineFacts,
} from '../../support/doubles/windows-engine/windows-engine-double.js';
import { makeTempFolder, removeFolder } from '../../support/temp-folder.js';
import { waitFor } from '../../support/wait-for.js';
import { firstAnswer } from './container-output.js';
import { containerRuntimeContract, Specs } from './container-runtime-contract.js';
import { IMAGE, imageOf, SERVER_2022, windowsEngine, WindowsRuntime } from './windows-under-test.js';

Logger.overrideLogger(false);
jest.setTimeout(120_000);

/** Tests run from the repository's root, as npm runs scripts. */
const BUNDLER = join(process.cwd(), 'scripts/bundle-language-worker.mjs');
const FUNCTION = {
  bindings: [
    { type: 'queueTrigger', name: 'item', direction: 'in', queueName: 'items' },
    { type: 'queue', name: 'result', direction: 'out', queueName: 'results' },
  ],
};
const CODE = `module.exports = async function (context, item) {
  context.bindings.result = { doubled: item.number * 2 };
};`;

let shared: WindowsEngineDouble;

containerRuntimeContract({
  name: 'docker on a Windows engine (double)',
  create: (workerId) => new WindowsRuntime(shared, { installationId: 'contract', workerId }),
  remains: async (workerId) => shared.namesOf('nightjar.worker', workerId),
  setUp: async () => {
    shared = await windowsEngine();
  },
  tearDown: async () => {
    const { ignored, created } = shared;
    await shared.stop();
    expect(created.length).toBeGreaterThan(10);
    expect(ignored).toEqual([]);
  },
});

describe('on a Windows engine (double)', () => {
  let specs: Specs;
  const cleanUps: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    specs = await Specs.create();
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
  afterAll(() => specs.remove());

  async function open(
    facts: Partial<WindowsEngineFacts> = {},
    settings: Partial<DockerSettings> = {},
  ): Promise<{ engine: WindowsEngineDouble; runtime: ContainerRuntime }> {
    const engine = await windowsEngine(facts);
    cleanUps.push(() => engine.stop());
    const runtime = new WindowsRuntime(engine, settings);
    cleanUps.push(() => runtime.close());
    return { engine, runtime };
  }

  it('runs functions as ContainerUser without a terminal, on the network "nat"', async () => {
    const { engine, runtime } = await open();
    await runtime.prepare();
    await firstAnswer(await runtime.start(specs.spec('wait')));
    expect(engine.created[0]).toMatchObject({
      User: 'ContainerUser',
      Tty: false,
      WorkingDir: 'C:\\home\\site\\wwwroot',
      Entrypoint: ['C:\\nodejs\\node.exe'],
      HostConfig: { Isolation: 'process', NetworkMode: 'a'.repeat(64) },
    });
  });

  it('starts the bundled language worker, which runs a function', async () => {
    const folder = await makeTempFolder('windows-bundle');
    cleanUps.push(() => removeFolder(folder));
    await promisify(execFile)(process.execPath, [BUNDLER, join(folder, 'language-worker.cjs')]);
    await mkdir(join(specs.packageFolder, 'double'), { recursive: true });
    await writeFile(join(specs.packageFolder, 'double', 'function.json'), JSON.stringify(FUNCTION));
    await writeFile(join(specs.packageFolder, 'double', 'index.js'), CODE);
    const image = imageOf(SERVER_2022);
    const folders = { ...image.folders, 'C:\\nightjar\\language-worker': folder };
    const { runtime } = await open(
      { images: { [IMAGE]: { ...image, folders } } },
      { languageWorker: { folder, entry: 'language-worker.cjs' } },
    );
    const { channelHost } = await runtime.prepare();
    const server = new GrpcChannelServer({ maxMessageBytes: 2 ** 24 });
    cleanUps.push(() => server.close());
    const channelPort = await server.listen(channelHost);
    const token = newId();
    const accepted = server.accept(token, 60);
    await runtime.start(specs.spec('', '', { token, channelPort }));
    const channel = await accepted;
    // The double shows the app where it is on this machine.
    const { packageFolder } = specs;
    expect((await channel.loadApp({ packageFolder, appDirectory: packageFolder })).problems).toEqual([]);
    const input = { kind: 'queue', message: '{"number":21}' } as const;
    const result = await channel.invoke({
      invocationId: newId(),
      functionName: 'double',
      input,
      onLog: () => {},
    });
    expect(result).toMatchObject({ state: 'succeeded', output: { outputs: { result: { doubled: 42 } } } });
  });

  it('pauses virtual machines, and nothing that shares the kernel', async () => {
    const { runtime } = await open({ isolation: 'process' });
    await runtime.prepare();
    expect(runtime.canPause).toBe(false);
    const { runtime: virtual } = await open({ isolation: 'hyperv' });
    await virtual.prepare();
    expect(virtual.canPause).toBe(true);
    const container = await virtual.start(specs.spec('wait'));
    await firstAnswer(container);
    await container.pause();
    await container.resume();
    await container.pause();
    await container.kill();
    expect(await container.exited).toMatchObject({ exitCode: 137, cause: 'ordered' });
  });

  it('tells what a container uses in its own words, and changes no limits of one that runs', async () => {
    const { runtime } = await open();
    await runtime.prepare();
    const container = await runtime.start(specs.spec('burn'));
    await firstAnswer(container);
    const first = await container.readUse();
    // A process that has started has some hundredths of a second, and some tens of megabytes.
    expect(first?.cpuSeconds).toBeGreaterThan(0.005);
    expect(first?.cpuSeconds).toBeLessThan(60);
    expect(first?.memoryBytes).toBeGreaterThan(2 ** 20);
    await waitFor(
      async () => ((await container.readUse())?.cpuSeconds ?? 0) > (first?.cpuSeconds ?? Infinity),
      {
        timeoutMs: 60_000,
        what: 'its processor time to grow',
      },
    );
    expect(runtime.bindsTogether).toBe(false);
    expect(await container.limitCpu({ cpus: 0.5, cpuWeight: 1 })).toBe(false);
  });

  it('reads how Windows calls an end from outside', async () => {
    const { engine, runtime } = await open();
    await runtime.prepare();
    const container = await runtime.start(specs.spec('wait'));
    await firstAnswer(container);
    engine.killFromOutside(`nightjar-${container.id}`);
    expect(await container.exited).toMatchObject({ exitCode: 137, cause: 'killed' });
  });

  it('does not even pull an image of a newer Windows', async () => {
    const newer = { registry: { 'newer:1': imageOf(26100) } };
    const { engine, runtime } = await open(newer, { languageWorkers: parseLanguageWorkers('', 'newer:1') });
    await expect(runtime.prepare()).rejects.toThrow(
      /^IMAGE_INCOMPATIBLE: .*26100, newer than the machine's 20348/,
    );
    expect(engine.pulled).toEqual([]);
  });

  it('does not start an image of an older Windows with a shared kernel, and does in a virtual machine', async () => {
    const older = { images: { [IMAGE]: imageOf(17763) } };
    const { runtime } = await open(older);
    await expect(runtime.prepare()).rejects.toThrow(/IMAGE_INCOMPATIBLE: .*containerIsolation to hyperv/);
    const { runtime: virtual } = await open(older, { isolation: 'hyperv' });
    await virtual.prepare();
    await firstAnswer(await virtual.start(specs.spec('wait')));
  });

  it('pulls an image that fits', async () => {
    const { engine, runtime } = await open({ images: {}, registry: { [IMAGE]: imageOf(SERVER_2022) } });
    await runtime.prepare();
    expect(engine.pulled).toEqual([IMAGE]);
    await firstAnswer(await runtime.start(specs.spec('wait')));
  });

  it('says what to do when no image is named', async () => {
    const { runtime } = await open({}, { languageWorkers: parseLanguageWorkers('', undefined) });
    await expect(runtime.prepare()).rejects.toThrow('deploy/images/node-windows.Dockerfile');
  });

  it('refuses a network mode that "nat" can not keep', async () => {
    const { runtime } = await open({}, { networkMode: 'none' });
    await expect(runtime.prepare()).rejects.toThrow('"none" can not be kept');
  });

  it('takes no language worker that is for Linux', async () => {
    const languageWorkers = parseLanguageWorkers('python=microsoft-python@python:1', IMAGE);
    const { runtime } = await open({}, { languageWorkers });
    await expect(runtime.prepare()).rejects.toThrow('microsoft-python is not for windows containers');
  });

  it('is reached over TCP with TLS, by those alone who have a certificate', async () => {
    const [ca, serverCert, serverKey, cert, key] = await Promise.all(
      ['ca.pem', 'server-cert.pem', 'server-key.pem', 'cert.pem', 'key.pem'].map((name) =>
        readFile(join(import.meta.dirname, 'engine-certificates', name), 'utf8'),
      ),
    );
    const tls = { ca, cert: serverCert, key: serverKey, requestCert: true, rejectUnauthorized: true };
    const { runtime } = await open({ tls }, { engineTls: { ca, cert, key } });
    await runtime.prepare();
    await firstAnswer(await runtime.start(specs.spec('wait')));
    const { runtime: stranger } = await open({ tls }, { engineTls: { ca, cert: undefined, key: undefined } });
    await expect(stranger.prepare()).rejects.toThrow(EngineUnavailableError);
    const { runtime: unknowing } = await open({ tls }, { engineTls: { ca: cert, cert, key } });
    await expect(unknowing.prepare()).rejects.toThrow(EngineUnavailableError);
  });
});
