import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import type Docker from 'dockerode';
import { allItems, runEnd, startBatch } from '../support/batch-api.js';
import { queryRows } from '../support/database.js';
import { containersOf, dockerEngine } from '../support/docker-engine.js';
import { brokenInvariants } from '../support/invariants.js';
import { machineInState } from '../support/machine-api.js';
import { preload } from '../support/preload.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';
import { FAULT_SETTINGS, recorded } from './support/batch-under-way.js';
import { burningApp, burningItems } from './support/burning-app.js';
import { isStill } from './support/container-load.js';

const impactSchema = z.object({
  count: z.number(),
  maxMs: z.number().nullable(),
  worst: z.array(z.object({ action: z.string(), reason: z.string(), milliseconds: z.number() })),
});
const workRowSchema = z.object({
  reason: z.string().nullable(),
  usedHours: z.number(),
  badputHours: z.number(),
  evictions: z.number(),
  calls: z.number(),
});
const badputSchema = z.object({ rows: z.array(workRowSchema), total: z.object({ calls: z.number() }) });
type Impact = z.infer<typeof impactSchema>;
type WorkRow = z.infer<typeof workRowSchema>;

jest.setTimeout(300_000);

const TIME = { timeoutMs: 120_000, intervalMs: 100 };
const FUNCTION_TIMEOUT_SECONDS = 12;

/** An owner's patience, cut short: the test waits for none of it. */
const KNOBS = {
  initialDelaySeconds: 0,
  startIdleSeconds: 2,
  continueIdleSeconds: 2,
  keyboardBusySeconds: 2,
  hysteresisSeconds: 1,
};

describe('An owner who comes back in mid-run', () => {
  let engine: Docker;
  let stack: Stack;
  let folder: string;
  let typing: string;
  const type = (): number => {
    writeFileSync(typing, '');
    return performance.now();
  };
  const leave = (): void => rmSync(typing, { force: true });

  beforeAll(async () => {
    engine = await dockerEngine();
    folder = await makeTempFolder('owner');
    typing = join(folder, 'types');
    stack = await Stack.start({ ...FAULT_SETTINGS, runtime: 'docker', workers: [] });
  });
  afterEach(async () => {
    leave();
    for (const name of started.splice(0)) await stack.worker(name).stop();
  });
  afterAll(async () => {
    await stack.stop();
    await removeFolder(folder);
  });

  const started: string[] = [];
  const machines = (): string[] => stack.machineIds();

  async function startDesktop(profile: string, knobs: object = {}): Promise<void> {
    await stack.startWorker(profile, {
      ...preload('scripted-sensors'),
      OWNER_TYPES: typing,
      NIGHTJAR_CAPACITY_PROFILE: profile,
      NIGHTJAR_CAPACITY_POLICY: JSON.stringify({ ...KNOBS, ...knobs }),
      NIGHTJAR_ITEMS_IN_FLIGHT: '2',
    });
    started.push(profile);
    await publishApp(stack.url, 'burning', burningApp(FUNCTION_TIMEOUT_SECONDS));
  }

  /** A batch that burns, some of whose items are committed. */
  async function burn(...milliseconds: number[]): Promise<string> {
    const order = { app: 'burning', function: 'item', input: burningItems(...milliseconds) };
    const { runId } = await startBatch(stack.url, order);
    await waitFor(() => recorded(stack, runId) > 0, { ...TIME, what: 'the first items' });
    await waitFor(async () => !(await isStill(engine, machines())), {
      ...TIME,
      what: 'the next items to burn',
    });
    return runId;
  }

  const committed = (runId: string): unknown[] =>
    queryRows(stack.databaseUrl, 'SELECT line_number, started_at FROM batch_items WHERE run_id = ?', runId);

  async function expectOneResultEach(runId: string, items: number): Promise<void> {
    const run = await runEnd(stack.url, runId, 120_000);
    expect(run).toMatchObject({ state: 'succeeded', itemsTotal: items, itemsSucceeded: items });
    const all = await allItems(stack.url, runId, 'succeeded');
    expect(all.map(({ lineNumber, attempts }) => [lineNumber, attempts])).toEqual(
      Array.from({ length: items }, (_, index) => [index + 1, 1]),
    );
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  }

  /** Waits until management has been told of the owner's wait, and of the calls of all items. */
  async function booked(name: string): Promise<{ impact: Impact; reasons: readonly WorkRow[] }> {
    const { id } = await machineInState(stack.url, name, 'ready');
    const read = async (path: string): Promise<unknown> =>
      (await fetch(`${stack.url}/api/v1/capacity/${path}machine=${id}`)).json();
    return waitFor(
      async () => {
        const impact = impactSchema.parse(await read('owner-impact?'));
        const { rows: reasons, total } = badputSchema.parse(await read('badput?by=reason&'));
        return impact.count > 0 && total.calls >= 5 ? { impact, reasons } : undefined;
      },
      { ...TIME, what: 'the books to be sent' },
    );
  }

  /** Types, and waits until no container uses the processor. @returns after how many seconds that began */
  async function secondsUntilStill(): Promise<number> {
    const typedAt = type();
    let lookedAt = typedAt;
    const look = (): Promise<boolean> => {
      lookedAt = performance.now();
      return isStill(engine, machines());
    };
    await waitFor(look, { ...TIME, what: 'the processor to be released' });
    return (lookedAt - typedAt) / 1000;
  }

  it('has the processor within 5 s where work is paused; it goes on later, and nobody’s time has run out', async () => {
    await startDesktop('desktop-suspend');
    const runId = await burn(400, 400, 4_000, 4_000, 100);
    expect(await secondsUntilStill()).toBeLessThanOrEqual(5);
    const before = committed(runId);
    const { capacity } = await machineInState(stack.url, 'desktop-suspend', 'owner');
    expect(capacity).toEqual({ state: 'claimed', activity: 'suspended', reason: 'USER_ACTIVE' });
    // Longer than a function has, if its time ran meanwhile.
    const untilMs = performance.now() + FUNCTION_TIMEOUT_SECONDS * 1000;
    while (performance.now() < untilMs) expect(await isStill(engine, machines())).toBe(true);
    expect(committed(runId)).toEqual(before);
    leave();
    await expectOneResultEach(runId, 5);
    const { impact, reasons } = await booked('desktop-suspend');
    expect(impact.worst[0]).toMatchObject({ action: 'suspend', reason: 'USER_ACTIVE' });
    expect(impact.maxMs).toBeLessThanOrEqual(5_000);
    expect(reasons).toEqual([
      expect.objectContaining({ reason: '', calls: 5, evictions: 0, badputHours: 0 }),
    ]);
    // What it was paused, which was longer than all items take, is nobody's use.
    expect(reasons[0]?.usedHours).toBeLessThan((FUNCTION_TIMEOUT_SECONDS + 20) / 3600);
  });

  it('has the processor within 60 s where work is vacated; what is finished stays, the rest runs later', async () => {
    await startDesktop('desktop-vacate', { maxVacateSeconds: 2 });
    const runId = await burn(400, 400, 5_000, 5_000, 100);
    const before = committed(runId);
    expect(await secondsUntilStill()).toBeLessThanOrEqual(60);
    const { capacity } = await machineInState(stack.url, 'desktop-vacate', 'owner');
    expect(capacity?.reason).toBe('USER_ACTIVE');
    expect(committed(runId)).toEqual(expect.arrayContaining(before));
    leave();
    await expectOneResultEach(runId, 5);
    expect((await containersOf(engine, machines())).length).toBeGreaterThan(0);
    const { impact, reasons } = await booked('desktop-vacate');
    expect(impact.worst[0]?.reason).toBe('USER_ACTIVE');
    const [lost, kept] = reasons;
    expect(lost).toMatchObject({ reason: 'USER_ACTIVE', calls: 0 });
    expect(lost?.evictions).toBeGreaterThanOrEqual(1);
    expect(lost?.badputHours).toBeGreaterThan(0);
    expect(kept).toMatchObject({ reason: '', calls: 5, evictions: 0 });
  });
});
