import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setContainerSettings } from '../support/container-settings-api.js';
import { brokenInvariants } from '../support/invariants.js';
import { onlyInvocation } from '../support/invocation-api.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { greedyApp, neighbourApp } from './support/hostile-app.js';

jest.setTimeout(300_000);

const MIB = 2 ** 20;
const TMP_MIB = 24;
const AGAIN_MS = 120_000;

/** Takes all that there is of something, beside an app that must not notice. */
describe('A function that takes all it can get', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start({ runtime: 'docker' });
    const settings = { memoryBytes: 160 * MIB, cpus: 0.5, pids: 48, tmpBytes: TMP_MIB * MIB };
    await setContainerSettings(stack.url, 'greedy', settings);
    await publishApp(stack.url, 'greedy', await greedyApp());
    await publishApp(stack.url, 'neighbour', await neighbourApp());
  });
  afterAll(() => stack?.stop());

  const call = async (path: string): Promise<[number, string]> => {
    const response = await fetch(`${stack.url}/apps/${path}`);
    return [response.status, await response.text()];
  };

  /** The greedy function's answer, and how many times the neighbour was called meanwhile, always well. */
  const besideNeighbour = async (name: string): Promise<{ answer: [number, string]; calls: number }> => {
    const under = { way: true };
    const greedy = call(`greedy/api/${name}`).finally(() => (under.way = false));
    let calls = 0;
    do {
      expect(await call('neighbour/api/hello')).toEqual([200, 'hello']);
      calls += 1;
    } while (under.way);
    return { answer: await greedy, calls };
  };

  const worksAgain = (): Promise<unknown> =>
    waitFor(async () => (await call('greedy/api/hello'))[0] === 200, {
      timeoutMs: AGAIN_MS,
      what: 'the app in another container',
    });

  it('of processes: a fork bomb ends with its container, after the function’s time', async () => {
    const { answer, calls } = await besideNeighbour('forks');
    expect(answer).toEqual([504, '']);
    expect(calls).toBeGreaterThan(1);
    await worksAgain();
  });

  it('of the disk: it fills its own /tmp and no more', async () => {
    const { answer } = await besideNeighbour('fills');
    expect(answer[0]).toBe(200);
    const filled = JSON.parse(answer[1]) as { written: number; end: string; elsewhere: string[] };
    expect(filled.end).toBe('ENOSPC');
    expect(filled.written).toBeLessThanOrEqual(TMP_MIB);
    for (const code of filled.elsewhere) expect(code).toMatch(/^(EROFS|EACCES|ENOENT|EPERM)$/);
    await worksAgain();
  });

  it('of memory: its container is killed, and that is why it failed', async () => {
    const { answer } = await besideNeighbour('hogs');
    expect(answer).toEqual([500, '']);
    expect(await onlyInvocation(stack.url, 'greedy', 'hogs')).toMatchObject({ state: 'failed' });
    await worksAgain();
  });

  it('leaves the machine as it was: its worker takes work, and the database is in order', async () => {
    const response = await fetch(`${stack.url}/api/v1/machines`);
    const { machines } = (await response.json()) as { machines: { state: string }[] };
    expect(machines.map(({ state }) => state)).toEqual(['ready']);
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  });
});
