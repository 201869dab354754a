import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { invocationEnd } from '../support/invocation-api.js';
import { findMachine, machineInState } from '../support/machine-api.js';
import { holdingApp, promiseHold, releaseHeld } from '../support/holding-app.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(240_000);

const summarySchema = z.object({
  usedOfOffered: z.number().nullable(),
  offeredCoreHours: z.number(),
  usedCoreHours: z.number(),
  states: z.array(z.object({ state: z.string(), reason: z.string(), machineHours: z.number() })),
});

describe("A machine's policy and time, as management has them", () => {
  let stack: Stack;
  let folder: string;
  let id: string;

  beforeAll(async () => {
    folder = await makeTempFolder('capacity');
    stack = await Stack.start({ workerSettings: { NIGHTJAR_HEARTBEAT_SECONDS: '1' } });
    await publishApp(stack.url, 'holding', holdingApp());
    id = (await findMachine(stack.url, 'one'))?.id ?? '';
  });
  afterAll(async () => {
    await stack.stop();
    await removeFolder(folder);
  });

  const summary = async (): Promise<z.infer<typeof summarySchema>> => {
    const response = await fetch(`${stack.url}/api/v1/capacity/summary?machine=${id}`);
    return summarySchema.parse(await response.json());
  };
  /** Until so much of the machine's time has been booked on a state. */
  const booked = (state: string, reason = ''): Promise<unknown> =>
    waitFor(
      async () =>
        (await summary()).states.some(
          (one) => one.state === state && one.reason === reason && one.machineHours > 0,
        ),
      { timeoutMs: 120_000, intervalMs: 100, what: `time on ${state} ${reason}` },
    );
  const policy = async (method: string, knobs?: object): Promise<number> => {
    const response = await fetch(`${stack.url}/api/v1/policies/machine/${id}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(knobs && { body: JSON.stringify(knobs) }),
    });
    await response.body?.cancel();
    return response.status;
  };

  it('books time with work and without', async () => {
    await booked('unclaimed/idle');
    const hold = { id: 'held', file: join(folder, 'held'), release: join(folder, 'release') };
    const call = await promiseHold(stack.url, hold);
    await booked('claimed/busy');
    await waitFor(async () => (await summary()).usedCoreHours > 0, {
      timeoutMs: 120_000,
      intervalMs: 100,
      what: 'used core-seconds',
    });
    releaseHeld(hold);
    expect(await invocationEnd(stack.url, call)).toMatchObject({ state: 'succeeded' });
    const { usedOfOffered, offeredCoreHours } = await summary();
    expect(offeredCoreHours).toBeGreaterThan(0);
    expect(usedOfOffered).toBeGreaterThanOrEqual(0);
    expect(usedOfOffered).toBeLessThanOrEqual(1);
  });

  it('withdraws the machine by a policy, tells why, and offers it again without', async () => {
    expect(await policy('PUT', { hours: 'never', maxVacateSeconds: 45 })).toBe(200);
    const knobs = (await (await fetch(`${stack.url}/api/v1/machines/${id}/policy`)).json()) as object;
    expect(knobs).toMatchObject({
      knobs: {
        hours: { value: 'never', source: 'machine' },
        whenOwnerActive: { value: 'continue', source: 'profile dedicated' },
      },
    });
    await machineInState(stack.url, 'one', 'owner');
    await booked('owner/idle', 'TIME_OF_DAY');
    expect(await policy('DELETE')).toBe(204);
    await machineInState(stack.url, 'one', 'ready');
  });
});
