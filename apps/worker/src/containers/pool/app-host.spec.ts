import { describe, expect, it } from '@jest/globals';
import type { ChannelInvocation } from '../../channel/language-worker-channel.js';
import { AppHost } from './app-host.js';
import type { AppHostOrder } from './host-equipment.js';
import { AppLoadError } from './app-load-error.js';
import { waitFor } from '../../../../../test/support/wait-for.js';
import { FakeContainers } from '../../../../../test/support/doubles/fake-containers.js';

const order: AppHostOrder = {
  appVersionId: 'v',
  packageFolder: '/nowhere',
  environment: {},
  limits: { memoryBytes: 1, cpus: 1, cpuWeight: 1, pids: 1, tmpBytes: 1 },
  network: { policy: 'none' },
};
const invocation = (invocationId: string): ChannelInvocation => ({
  invocationId,
  functionName: 'f',
  input: { kind: 'queue', message: '1' },
  onLog: () => undefined,
});

describe('AppHost', () => {
  it('runs functions and is not over afterwards', async () => {
    const fake = new FakeContainers();
    const host = await AppHost.start(fake.equipment, order);
    const result = host.invoke(invocation('a'), null);
    fake.latest.succeed('a');
    expect((await result).state).toBe('succeeded');
    expect(host.usable).toBe(true);
  });

  it('blames the one function that was in it when its process ended', async () => {
    const fake = new FakeContainers();
    const host = await AppHost.start(fake.equipment, order);
    const result = host.invoke(invocation('a'), null);
    fake.latest.exit({ exitCode: 3, cause: 'exited', lastStderr: 'bye' });
    expect(await result).toEqual({
      state: 'exited',
      exit: { exitCode: 3, cause: 'exited', lastStderr: 'bye' },
    });
    expect(host.usable).toBe(false);
  });

  it('does not count the time in which it is held for the owner', async () => {
    const fake = new FakeContainers();
    const host = await AppHost.start(fake.equipment, order);
    const { hold } = fake.equipment;
    hold.putOn();
    let result: unknown;
    void host.invoke(invocation('a'), 0.02).then((end) => (result = end));
    const longAfterMs = performance.now() + 100;
    await waitFor(() => performance.now() > longAfterMs, { timeoutMs: 20_000, intervalMs: 5 });
    expect(result).toBeUndefined();
    hold.lift();
    await waitFor(() => result !== undefined, { timeoutMs: 20_000, intervalMs: 5 });
    expect(result).toEqual({ state: 'timedOut' });
  });

  it('suspects all of several that were in it when its process ended', async () => {
    const fake = new FakeContainers();
    const host = await AppHost.start(fake.equipment, order);
    const results = ['a', 'b'].map((id) => host.invoke(invocation(id), null));
    fake.latest.exit({ exitCode: 1, cause: 'exited', lastStderr: '' });
    expect(await Promise.all(results)).toMatchObject([
      { state: 'displaced', suspect: true },
      { state: 'displaced', suspect: true },
    ]);
  });

  it('replaces its container when a function goes past its time, and suspects none of the others', async () => {
    const fake = new FakeContainers();
    const host = await AppHost.start(fake.equipment, order);
    const [late, other] = [host.invoke(invocation('late'), 0.02), host.invoke(invocation('other'), null)];
    expect(await late).toEqual({ state: 'timedOut' });
    expect(await other).toEqual({ state: 'displaced', suspect: false });
    expect(fake.latest.killed).toBe(true);
  });

  it('does not blame a function whose time ran out while another kept its container from ending', async () => {
    const fake = new FakeContainers();
    const host = await AppHost.start(fake.equipment, order);
    fake.latest.killTakesMs = 250;
    const [late, together] = ['late', 'together'].map((id) => host.invoke(invocation(id), 0.05));
    const held = host.invoke(invocation('held'), 0.2);
    expect(await late).toEqual({ state: 'timedOut' });
    expect(await together).toEqual({ state: 'timedOut' });
    expect(await held).toEqual({ state: 'displaced', suspect: false });
  });

  it('suspects all that were in it when it stood still until the time of one was up', async () => {
    const fake = new FakeContainers();
    const host = await AppHost.start(fake.equipment, order);
    fake.latest.answersPings = false;
    const results = ['looping', 'held'].map((id) => host.invoke(invocation(id), 0.02));
    expect(await Promise.all(results)).toMatchObject([
      { state: 'displaced', suspect: true },
      { state: 'displaced', suspect: true },
    ]);
    expect(fake.latest.killed).toBe(true);
  });

  it('blames the one function that was in it when it stood still', async () => {
    const fake = new FakeContainers();
    const host = await AppHost.start(fake.equipment, order);
    fake.latest.answersPings = false;
    expect(await host.invoke(invocation('looping'), 0.02)).toEqual({ state: 'timedOut' });
  });

  it('evicts what is in it when it is retired', async () => {
    const fake = new FakeContainers();
    const host = await AppHost.start(fake.equipment, order);
    const result = host.invoke(invocation('a'), null);
    await host.retire();
    expect(await result).toEqual({ state: 'evicted' });
  });

  it('blames nobody in it for what the platform did', async () => {
    const fake = new FakeContainers();
    const host = await AppHost.start(fake.equipment, order);
    const result = host.invoke(invocation('a'), null);
    const exit = { exitCode: 137, cause: 'outsider', lastStderr: '' } as const;
    fake.latest.exit(exit);
    expect(await result).toEqual({ state: 'lost', exit });
  });

  it('takes nothing once it is over', async () => {
    const fake = new FakeContainers();
    const host = await AppHost.start(fake.equipment, order);
    await host.retire();
    expect(await host.invoke(invocation('a'), null)).toEqual({ state: 'displaced', suspect: false });
  });

  it('says what is wrong with an app that does not load, and leaves no container', async () => {
    const fake = new FakeContainers();
    fake.problems = ['index.js: Unexpected token'];
    await expect(AppHost.start(fake.equipment, order)).rejects.toEqual(
      new AppLoadError(['index.js: Unexpected token']),
    );
    expect(fake.latest.killed).toBe(true);
  });

  it('says how the process ended when it ended while the app was loaded', async () => {
    const fake = new FakeContainers();
    fake.exitWhileLoading = { exitCode: 7, cause: 'exited', lastStderr: 'cannot find module' };
    await expect(AppHost.start(fake.equipment, order)).rejects.toThrow(/exit code 7.*cannot find module/);
  });

  it('gives what the process prints to the function that is alone in it, and to nobody else', async () => {
    const fake = new FakeContainers();
    const host = await AppHost.start(fake.equipment, order);
    const lines: string[] = [];
    const listening = (id: string): ChannelInvocation => ({
      ...invocation(id),
      onLog: ({ message }) => lines.push(message),
    });
    const first = host.invoke(listening('a'), null);
    fake.latest.print('for a');
    const second = host.invoke(listening('b'), null);
    fake.latest.print('for whom?');
    fake.latest.succeed('a');
    fake.latest.succeed('b');
    await Promise.all([first, second]);
    expect(lines).toEqual(['for a']);
  });

  it('passes on an error of the channel that is no end of it', async () => {
    const fake = new FakeContainers();
    const host = await AppHost.start(fake.equipment, order);
    const result = host.invoke(invocation('a'), null);
    fake.latest.fail('a', new RangeError('message too large'));
    await expect(result).rejects.toThrow('message too large');
  });
});
