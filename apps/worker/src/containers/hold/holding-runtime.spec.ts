import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeContainers } from '../../../../../test/support/doubles/fake-containers.js';
import { waitFor } from '../../../../../test/support/wait-for.js';
import { EngineUnavailableError, type ContainerSpec, type RunningContainer } from '../container-runtime.js';
import { EvictedError } from '../evicted-error.js';
import { Hold } from './hold.js';
import { HoldingRuntime } from './holding-runtime.js';

describe('HoldingRuntime', () => {
  let fake: FakeContainers;
  let hold: Hold;
  let runtime: HoldingRuntime;
  beforeEach(() => {
    fake = new FakeContainers();
    hold = new Hold();
    runtime = new HoldingRuntime(fake.equipment.runtime, hold);
  });

  const start = (id = 'one'): Promise<RunningContainer> =>
    runtime.start({ id, token: id, limits: { cpus: 1, cpuWeight: 100 } } as ContainerSpec);

  it('pauses all containers at once, and lets them go on', async () => {
    await start('one');
    await start('two');
    expect(runtime.awake).toBe(2);
    await runtime.putOn();
    expect(fake.started.map(({ paused }) => paused)).toEqual([true, true]);
    expect(runtime.awake).toBe(0);
    await runtime.lift();
    expect(fake.started.map(({ paused }) => paused)).toEqual([false, false]);
    expect(hold.isOn).toBe(false);
  });

  it('leaves paused what the pool has paused, and keeps paused what the pool wakes meanwhile', async () => {
    const idle = await start('idle');
    await idle.pause();
    const woken = await start('woken');
    await woken.pause();
    await runtime.putOn();
    await woken.resume();
    expect(fake.started.map(({ paused }) => paused)).toEqual([true, true]);
    await runtime.lift();
    expect(fake.started.map(({ paused }) => paused)).toEqual([true, false]);
  });

  it('starts none while it holds', async () => {
    await runtime.putOn();
    await expect(start()).rejects.toThrow(EvictedError);
    await runtime.lift();
    await start();
    expect(fake.started).toHaveLength(1);
  });

  it('ends the one that came up when it was already holding', async () => {
    const starting = start();
    hold.putOn();
    await expect(starting).rejects.toThrow(EvictedError);
    expect(fake.latest.killed).toBe(true);
    expect(runtime.containers).toEqual([]);
  });

  it('says when some could not be paused, pauses the others, and tries those again', async () => {
    await start('one');
    await start('two');
    const [first] = fake.started;
    if (!first) throw new Error('None was started.');
    const pause = first.pause.bind(first);
    first.pause = () => Promise.reject(new EngineUnavailableError('no answer'));
    await expect(runtime.putOn()).rejects.toThrow(AggregateError);
    expect(runtime.awake).toBe(1);
    first.pause = pause;
    await runtime.putOn();
    expect(runtime.awake).toBe(0);
  });

  it('stays on when it is put on again before it was lifted', async () => {
    await start();
    await runtime.putOn();
    const lifted = runtime.lift();
    await runtime.putOn();
    await lifted;
    expect(hold.isOn).toBe(true);
    expect(fake.latest.paused).toBe(true);
  });

  it('forgets containers that have ended', async () => {
    const container = await start();
    await container.kill();
    await waitFor(() => runtime.containers.length === 0, { timeoutMs: 20_000, intervalMs: 2 });
    await runtime.putOn();
  });

  it('divides the processor as the policy says, among those that run too, and only those that are awake', async () => {
    const shares = (): unknown => fake.started.map(({ share }) => share?.cpus);
    const soon = (expected: unknown[]): Promise<unknown> =>
      waitFor(() => JSON.stringify(shares()) === JSON.stringify(expected), {
        timeoutMs: 60_000,
        intervalMs: 2,
      });
    await start('one');
    runtime.limitCpu({ cores: 0.5, isLow: true });
    await soon([0.5]);
    const two = await start('two');
    expect(fake.specs.map(({ limits }) => [limits.cpus, limits.cpuWeight])).toEqual([
      [1, 100],
      [0.25, 1],
    ]);
    await soon([0.25, undefined]);
    await two.pause();
    await soon([0.5, undefined]);
    await two.resume();
    await soon([0.25, undefined]);
    await two.kill();
    await soon([0.5, undefined]);
    runtime.limitCpu({ cores: null, isLow: false });
    await soon([1, undefined]);
  });
});
