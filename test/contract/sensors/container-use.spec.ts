import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exclusiveAppAmong } from '../../../apps/worker/src/capacity/sensors/foreign-use.js';
import { readContainerUse } from '../../../apps/worker/src/capacity/sensors/linux/cgroup-use.js';
import { readProcesses } from '../../../apps/worker/src/capacity/sensors/linux/linux-processes.js';
import type { OwnUsePart } from '../../../apps/worker/src/capacity/sensors/own-use.js';
import type {
  ContainerRuntime,
  RunningContainer,
} from '../../../apps/worker/src/containers/container-runtime.js';
import { waitFor } from '../../support/wait-for.js';
import { firstAnswer } from '../containers/container-output.js';
import { Specs } from '../containers/container-runtime-contract.js';
import { TestInstallation } from '../containers/docker-under-test.js';

Logger.overrideLogger(false);

let installation: TestInstallation;
let specs: Specs;
let runtime: ContainerRuntime;
let container: RunningContainer;
let engineId: string;

beforeAll(async () => {
  installation = await TestInstallation.create();
  specs = await Specs.create();
  runtime = installation.runtime();
  await runtime.prepare();
  container = await runtime.start(specs.spec('tick'));
  await firstAnswer(container);
  const label = [`nightjar.installation=${installation.id}`];
  const [found] = await installation.docker.listContainers({ filters: { label } });
  engineId = found?.Id ?? '';
}, 180_000);

afterAll(async () => {
  await runtime.close();
  await specs.remove();
  await installation.remove();
}, 180_000);

async function useOf(id: string): Promise<OwnUsePart | undefined> {
  return (await readContainerUse('/sys', [id]))[0];
}

describe('what a container of ours uses', () => {
  it('is read from its control group: processor time that grows, memory, processes', async () => {
    const first = await useOf(engineId);
    expect(first?.cpuSeconds).toBeGreaterThan(0);
    // A Node process has some tens of megabytes.
    expect(first?.memoryBytes).toBeGreaterThan(2 ** 20);
    expect(first?.pids.length).toBeGreaterThan(0);
    await waitFor(async () => ((await useOf(engineId))?.cpuSeconds ?? 0) > (first?.cpuSeconds ?? 0), {
      timeoutMs: 60_000,
      what: 'its processor time to grow',
    });
  });

  it('is told by the engine as by its control group', async () => {
    const before = await useOf(engineId);
    const told = await container.readUse();
    const after = await useOf(engineId);
    expect(told?.cpuSeconds).toBeGreaterThanOrEqual(before?.cpuSeconds ?? Infinity);
    expect(told?.cpuSeconds).toBeLessThanOrEqual(after?.cpuSeconds ?? 0);
    const difference = Math.abs((told?.memoryBytes ?? 0) - (after?.memoryBytes ?? 0));
    // It works between the readings: a fifth of what it has is more than that makes, and less than a wrong figure would.
    expect(difference).toBeLessThan((after?.memoryBytes ?? 0) / 5);
  });

  it('is told by the engine also while it is paused, when it grows no more', async () => {
    await container.pause();
    const first = await container.readUse();
    expect(first?.cpuSeconds).toBeGreaterThan(0);
    expect(await container.readUse()).toMatchObject({ cpuSeconds: first?.cpuSeconds });
    await container.resume();
  });

  it('does not count as an exclusive application of the owner’s', async () => {
    const use = await useOf(engineId);
    const ours = (await readProcesses('/proc')).filter(({ pid }) => use?.pids.includes(pid));
    const name = ours[0]?.names[0]?.toLowerCase() ?? '';
    expect(exclusiveAppAmong(ours, [name], [])).toBe(name);
    expect(exclusiveAppAmong(ours, [name], use ? [use] : [])).toBeNull();
  });

  it('is nothing once it has ended', async () => {
    await container.kill();
    await waitFor(async () => (await useOf(engineId)) === undefined, { timeoutMs: 60_000 });
    expect(await container.readUse()).toBeNull();
  });
});
