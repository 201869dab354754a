import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineUnavailableError } from '../../../apps/worker/src/containers/container-runtime.js';
import type { DockerContainerRuntime } from '../../../apps/worker/src/containers/docker/docker-container-runtime.js';
import { DEFAULT_TIMEOUTS } from '../../../apps/worker/src/containers/docker/docker-settings.js';
import type { LanguageWorkerFiles } from '../../../apps/worker/src/containers/language-worker-command.js';
import { probeEngine } from '../../../apps/worker/src/containers/docker/probe-engine.js';
import { firstAnswer } from './container-output.js';
import { Specs } from './container-runtime-contract.js';
import { TestInstallation } from './docker-under-test.js';
import { EngineProxy } from '../../support/engine-proxy.js';

Logger.overrideLogger(false);
// An engine on a busy machine takes seconds for what it else does in a moment.
jest.setTimeout(120_000);

const timeouts = { ...DEFAULT_TIMEOUTS, probeSeconds: 3 };

let installation: TestInstallation;
let languageWorker: LanguageWorkerFiles;
let specs: Specs;
let proxy: EngineProxy;
let runtime: DockerContainerRuntime;

beforeAll(async () => {
  installation = await TestInstallation.create();
  specs = await Specs.create();
  languageWorker = await installation.ownLanguageWorker();
  proxy = await EngineProxy.start();
});

beforeEach(async () => {
  runtime = installation.runtime({ engineAddress: proxy.address, timeouts, languageWorker });
  await runtime.prepare();
});

afterEach(async () => {
  proxy.treat = () => 'pass';
  await runtime.close();
  expect(await installation.containers()).toEqual([]);
});

afterAll(async () => {
  await proxy.stop();
  await specs.remove();
  await installation.remove();
});

describe('an engine that is not there', () => {
  it('is said to be unavailable, with what to look at', async () => {
    const absent = installation.runtime({ engineAddress: 'unix:///nowhere/docker.sock' });
    await expect(absent.prepare()).rejects.toThrow(EngineUnavailableError);
    await expect(absent.prepare()).rejects.toThrow('nothing listens at its address (ENOENT)');
    const probe = await probeEngine({ engineAddress: 'tcp://127.0.0.1:9', timeouts });
    expect(probe).toEqual({ usable: false, reason: expect.stringContaining('ECONNREFUSED') });
    expect(await probeEngine({ timeouts })).toEqual({ usable: true });
  });

  it('is noticed by a check', async () => {
    await runtime.check();
    proxy.treat = () => 'refuse';
    await expect(runtime.check()).rejects.toThrow(EngineUnavailableError);
    proxy.treat = () => 'pass';
    await runtime.check();
  });
});

describe('an engine that hangs', () => {
  it('is given up after its time-out', async () => {
    proxy.treat = () => 'hang';
    const startedAt = performance.now();
    await expect(runtime.check()).rejects.toThrow('no answer within 3 s');
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });
});

describe('a start that goes wrong', () => {
  it.each(['POST /containers/create', 'POST /containers/\\w+/start'])(
    'leaves nothing when the answer to %s is lost',
    async (pattern) => {
      const lost = new RegExp(`^${pattern}`);
      proxy.treat = (request) => (lost.test(request) ? 'swallowAnswer' : 'pass');
      await expect(runtime.start(specs.spec('wait'))).rejects.toThrow(EngineUnavailableError);
      expect(await installation.containers()).toEqual([]);
    },
  );

  it('is cleared up by a later check when the engine could not do it at once', async () => {
    proxy.treat = (request) =>
      /^POST \/containers\/create/.test(request)
        ? 'swallowAnswer'
        : /^DELETE/.test(request)
          ? 'refuse'
          : 'pass';
    await expect(runtime.start(specs.spec('wait'))).rejects.toThrow(EngineUnavailableError);
    expect(await installation.containers()).toHaveLength(1);
    proxy.treat = () => 'pass';
    await runtime.check();
    expect(await installation.containers()).toEqual([]);
  });

  it('makes the image again when somebody has removed it', async () => {
    for (const { Id } of await installation.images()) {
      await installation.docker.getImage(Id).remove({ force: true });
    }
    const container = await runtime.start(specs.spec('exit', '3'));
    expect(await container.exited).toMatchObject({ exitCode: 3 });
  });
});

describe('a container whose engine can not be asked for a while', () => {
  it('goes on, and its end is not missed', async () => {
    const container = await runtime.start(specs.spec('wait'));
    await firstAnswer(container);
    proxy.treat = () => 'refuse';
    proxy.breakConnections();
    await installation.docker.getContainer(`nightjar-${container.id}`).kill();
    expect(await Promise.race([container.exited, delay(1500, 'not known yet')])).toBe('not known yet');
    proxy.treat = () => 'pass';
    expect(await container.exited).toMatchObject({ exitCode: 137, cause: 'outsider' });
  });

  it('is killed as soon as the engine can be asked again', async () => {
    const container = await runtime.start(specs.spec('wait'));
    await firstAnswer(container);
    proxy.treat = () => 'refuse';
    const killed = container.kill();
    await delay(500);
    proxy.treat = () => 'pass';
    await killed;
    expect(await installation.containers()).toEqual([]);
  });

  it('has ended when somebody has removed it', async () => {
    const container = await runtime.start(specs.spec('wait'));
    await installation.docker.getContainer(`nightjar-${container.id}`).remove({ force: true });
    expect([137, null]).toContain((await container.exited).exitCode);
    await container.kill();
  });
});
