import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { allItems, jsonLines, runEnd, startBatch } from '../support/batch-api.js';
import { invocationEnd } from '../support/invocation-api.js';
import { findMachine } from '../support/machine-api.js';
import { labelMachine, placeFunction, placementPreview, waitReasonOf } from '../support/placement-api.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { placedApp } from './support/placed-app.js';

jest.setTimeout(240_000);

const ITEMS = 40;

describe('Two machines of one pool with different labels', () => {
  let stack: Stack;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    stack = await Stack.start({
      managementSettings: { NIGHTJAR_FIRST_CHUNK_ITEMS: '10', NIGHTJAR_MAX_CHUNK_ITEMS: '10' },
      workerSettings: { NIGHTJAR_HEARTBEAT_SECONDS: '1' },
      workers: ['berlin', 'bonn'],
    });
    for (const name of ['berlin', 'bonn']) {
      ids[name] = (await findMachine(stack.url, name))?.id ?? '';
      await labelMachine(stack.url, ids[name], { site: name });
    }
    await publishApp(stack.url, 'placed', placedApp());
  });
  afterAll(() => stack.stop());

  /** @returns the invocation's id */
  const promise = async (): Promise<string> => {
    const response = await fetch(`${stack.url}/apps/placed/api/call`, {
      headers: { prefer: 'respond-async' },
    });
    expect(response.status).toBe(202);
    return ((await response.json()) as { id: string }).id;
  };
  const machineOf = async (id: string): Promise<string | null> =>
    (await invocationEnd(stack.url, id)).machineId;
  const only = (name: string): string => `labels.site == "${name}"`;

  it.each(['berlin', 'bonn'])('has calls run on %s, which alone meets their requirements', async (name) => {
    await placeFunction(stack.url, 'placed/call', { requirements: only(name) });
    const answer = await fetch(`${stack.url}/apps/placed/api/call`);
    expect(await answer.json()).toEqual({ worker: stack.worker(name).service.pid });
    const promised = await Promise.all(Array.from({ length: 6 }, promise));
    expect(new Set(await Promise.all(promised.map(machineOf)))).toEqual(new Set([ids[name]]));
  });

  it.each(['berlin', 'bonn'])('has items of a batch run on %s', async (name) => {
    await placeFunction(stack.url, 'placed/item', { requirements: only(name) });
    const input = jsonLines(Array.from({ length: ITEMS }, (_, item) => ({ item })));
    const { runId } = await startBatch(stack.url, { app: 'placed', function: 'item', input });
    expect(await runEnd(stack.url, runId, 120_000)).toMatchObject({ itemsSucceeded: ITEMS });
    const workers = (await allItems(stack.url, runId)).map(({ output }) => JSON.stringify(output));
    expect(new Set(workers)).toEqual(new Set([JSON.stringify({ worker: stack.worker(name).service.pid })]));
  });

  it.each(['berlin', 'bonn'])('has calls run on %s, which ranks higher and is free', async (name) => {
    await placeFunction(stack.url, 'placed/call', { rank: `${only(name)} ? 2 : 1` });
    for (let call = 0; call < 4; call += 1) expect(await machineOf(await promise())).toBe(ids[name]);
  });

  it('says of work that no machine may run why it waits, refuses calls, and runs it when a machine may', async () => {
    await placeFunction(stack.url, 'placed/call', { requirements: only('hamburg') });
    const id = await promise();
    const reason = await waitReasonOf(stack.url, `invocations/${id}`);
    expect(reason).toEqual({
      code: 'NO_MATCHING_MACHINE',
      message: expect.stringContaining('bonn: labels.site == "hamburg" is false: labels.site is "bonn"'),
    });
    const refused = await fetch(`${stack.url}/apps/placed/api/call`);
    expect(refused.status).toBe(503);
    expect(await refused.text()).toContain('labels.site == \\"hamburg\\"');
    expect((await placementPreview(stack.url, 'placed/call')).machines.map(({ met }) => met)).toEqual([
      'no',
      'no',
    ]);
    await labelMachine(stack.url, ids['bonn'] ?? '', { site: 'hamburg' });
    expect(await machineOf(id)).toBe(ids['bonn']);
  });

  it('runs what waits where it may once its requirements are mended', async () => {
    await placeFunction(stack.url, 'placed/call', { requirements: 'cores > 10000' });
    const id = await promise();
    await waitReasonOf(stack.url, `invocations/${id}`);
    await placeFunction(stack.url, 'placed/call', { requirements: only('berlin') });
    expect(await machineOf(id)).toBe(ids['berlin']);
    await waitFor(async () => (await fetch(`${stack.url}/apps/placed/api/call`)).ok, { timeoutMs: 60_000 });
  });
});
