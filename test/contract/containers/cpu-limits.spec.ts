import { spawn, type ChildProcess } from 'node:child_process';
import { readdir, rmdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Hold } from '../../../apps/worker/src/containers/hold/hold.js';
import { HoldingRuntime } from '../../../apps/worker/src/containers/hold/holding-runtime.js';
import type { DockerContainerRuntime } from '../../../apps/worker/src/containers/docker/docker-container-runtime.js';
import { readContainerUse } from '../../../apps/worker/src/capacity/sensors/linux/cgroup-use.js';
import { waitFor } from '../../support/wait-for.js';
import { firstAnswer } from './container-output.js';
import { Specs } from './container-runtime-contract.js';
import { TestInstallation } from './docker-under-test.js';

Logger.overrideLogger(false);
jest.setTimeout(180_000);

/** Some of the kernel's periods of 100 ms. */
const WINDOW_MS = 600;
/** Of one processor, for both containers together: little even on a busy machine, and more than the kernel's least. */
const CAP_CORES = 0.1;
/** What is to come up under a cap takes so much longer the smaller it is. */
const STARTING_CAP_CORES = 0.3;

/** Takes the processors as an owner's programs would. */
const BURN = 'for (;;) Math.sqrt(2)';

describe('the processor time of containers', () => {
  let installation: TestInstallation;
  let specs: Specs;
  let docker: DockerContainerRuntime;
  let runtime: HoldingRuntime;
  const troubles: unknown[] = [];
  const programs: ChildProcess[] = [];

  beforeAll(async () => {
    installation = await TestInstallation.create();
    specs = await Specs.create();
  });
  afterEach(async () => {
    for (const program of programs.splice(0)) program.kill('SIGKILL');
    await runtime.close();
    // What the engine made of a group that the test only named; where it is, the version of control groups decides.
    for (const place of ['', ...(await readdir('/sys/fs/cgroup'))])
      await rmdir(join('/sys/fs/cgroup', place, installation.id)).catch(() => undefined);
    expect(troubles.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await specs.remove();
    await installation.remove();
  });

  /** Two containers that burn. @param bindsTogether false: as where control groups can't be made */
  async function burning(bindsTogether: boolean): Promise<void> {
    docker = installation.runtime();
    if (!bindsTogether) Object.defineProperty(docker, 'bindsTogether', { value: false });
    runtime = new HoldingRuntime(docker, new Hold(), (error) => troubles.push(error));
    await runtime.prepare();
    expect(runtime.bindsTogether).toBe(bindsTogether);
    for (let count = 0; count < 2; count += 1) await firstAnswer(await runtime.start(specs.spec('burn')));
  }

  async function coreSeconds(): Promise<number> {
    const ids = runtime.containers.flatMap(({ engineId }) => engineId ?? []);
    const parts = await readContainerUse('/sys', ids);
    expect(parts).toHaveLength(2);
    return parts.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  }

  /** How many cores both use together, over a while. */
  async function coresUsed(): Promise<number> {
    const fromMs = performance.now();
    const before = await coreSeconds();
    await delay(WINDOW_MS);
    return (((await coreSeconds()) - before) * 1000) / (performance.now() - fromMs);
  }

  it.each([
    ['by their common group', true],
    ['each by the engine', false],
  ])('is capped for all together, %s, while they run, and given back', async (_how, bindsTogether) => {
    await burning(bindsTogether);
    const isFree = async (): Promise<boolean> => (await coresUsed()) > CAP_CORES * 3;
    await waitFor(isFree, { timeoutMs: 60_000, what: 'the processor' });
    runtime.limitCpu({ cores: CAP_CORES, isLow: false });
    // The kernel gives a period's quota at once: a sixth more than the cap is not too much.
    await waitFor(async () => (await coresUsed()) <= CAP_CORES * 1.5, { timeoutMs: 60_000, what: 'the cap' });
    runtime.limitCpu({ cores: null, isLow: false });
    await waitFor(isFree, { timeoutMs: 60_000, what: 'its end' });
  });

  it('caps what is started under a cap', async () => {
    docker = installation.runtime();
    runtime = new HoldingRuntime(docker, new Hold(), (error) => troubles.push(error));
    await runtime.prepare();
    // Of low priority they would come up only when nothing else on the machine wants a processor.
    runtime.limitCpu({ cores: STARTING_CAP_CORES, isLow: false });
    const starts = [specs.spec('burn'), specs.spec('burn')].map((spec) => runtime.start(spec));
    await Promise.all((await Promise.all(starts)).map((container) => firstAnswer(container)));
    expect(await coresUsed()).toBeLessThanOrEqual(STARTING_CAP_CORES * 1.5);
  });

  it("is counted in an administrator's group, where the engine is told of one, and capped there all the same", async () => {
    const cgroupParent = `/${installation.id}`;
    docker = installation.runtime({ cgroupParent });
    runtime = new HoldingRuntime(docker, new Hold(), (error) => troubles.push(error));
    await runtime.prepare();
    expect(runtime.bindsTogether).toBe(false);
    runtime.limitCpu({ cores: STARTING_CAP_CORES, isLow: true });
    const container = await runtime.start(specs.spec('burn'));
    await firstAnswer(container);
    const { HostConfig } = await installation.docker.getContainer(container.engineId ?? '').inspect();
    expect(HostConfig).toMatchObject({ CgroupParent: cgroupParent, NanoCpus: STARTING_CAP_CORES * 1e9 });
    const before = (await container.readUse())?.cpuSeconds ?? 0;
    const fromMs = performance.now();
    await delay(WINDOW_MS);
    const used = ((await container.readUse())?.cpuSeconds ?? Infinity) - before;
    expect((used * 1000) / (performance.now() - fromMs)).toBeLessThanOrEqual(STARTING_CAP_CORES * 1.5);
  });

  it('goes to the programs of the owner first where the priority is low', async () => {
    await burning(true);
    for (let core = 0; core < availableParallelism(); core += 1)
      programs.push(spawn(process.execPath, ['-e', BURN], { stdio: 'ignore' }));
    const normal = await coresUsed();
    runtime.limitCpu({ cores: null, isLow: true });
    await waitFor(async () => (await coresUsed()) < normal / 3, { timeoutMs: 60_000, what: 'the processor' });
  });
});
