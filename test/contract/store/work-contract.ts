import { describe, expect, it } from '@jest/globals';
import type { BooksPage, FunctionSpent, OwnerWait } from '#shared/domain/function-time.js';
import { newId } from '#shared/domain/ids.js';
import { fenceOf } from '#shared/domain/invocation.js';
import type { MachineReport } from '#shared/domain/machine.js';
import type { TimeRange } from '#shared/store/machine-time-store.js';
import { waitFor } from '../../support/wait-for.js';
import type { StoresUnderTest } from './database-under-test.js';
import { activeApp, items, newMachine, newRun, openedChunk } from './samples.js';

const LONG = 3600;
const HOUR_MS = 3_600_000;

/** What workers' books say, as heartbeats book it and `WorkStore` reads it. */
export function describeWork(stores: StoresUnderTest): void {
  /** A machine alone in its pool, and the hours until now. */
  const alone = (): { machine: MachineReport; range: TimeRange } => {
    const pool = `pool-${newId()}`;
    const nowMs = Date.now();
    const range = { from: new Date(nowMs - 400 * HOUR_MS), until: new Date(nowMs + 3 * HOUR_MS), pool };
    return { machine: newMachine({ pool }), range };
  };
  const hourAgo = (hours: number): Date =>
    new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS - hours * HOUR_MS);
  const spent = (more: Partial<FunctionSpent> = {}): FunctionSpent => ({
    hour: hourAgo(0),
    appId: newId(),
    functionName: 'alpha',
    runId: '',
    reason: '',
    usedMs: 1000,
    badputMs: 0,
    evictions: 0,
    calls: 2,
    ...more,
  });
  const page = (work: readonly FunctionSpent[], waits: readonly OwnerWait[] = []): BooksPage => ({
    id: newId(),
    work,
    waits,
  });

  describe('WorkStore', () => {
    it('knows what functions ran, and what was lost of it and why', async () => {
      const { machine, range } = alone();
      const app = await activeApp(stores.one);
      const call = spent({ appId: app.appId });
      const lost = {
        ...call,
        reason: 'USER_ACTIVE',
        usedMs: 0,
        badputMs: 500,
        evictions: 3,
        calls: 0,
      } as const;
      await stores.one.machines.heartbeat({ ...machine, page: page([call]) }, LONG);
      await stores.one.machines.heartbeat({ ...machine, page: page([call, lost]) }, LONG);
      const of = {
        appId: app.appId,
        appName: app.appName,
        functionName: 'alpha',
        batchId: '',
        batchName: '',
      };
      const figures = { usedMs: 2000, badputMs: 500, evictions: 3, calls: 4 };
      expect(await stores.other.work.sums(range, 'function')).toEqual([
        { ...of, machineId: null, reason: null, ...figures },
      ]);
      expect(await stores.other.work.sums({ ...range, machineId: machine.id }, 'machine')).toEqual([
        expect.objectContaining({ machineId: machine.id, appId: null, functionName: null, ...figures }),
      ]);
      const reasons = await stores.other.work.sums(range, 'reason');
      expect(reasons.map(({ reason, badputMs, usedMs }) => [reason, badputMs, usedMs]).sort()).toEqual([
        ['', 0, 2000],
        ['USER_ACTIVE', 500, 0],
      ]);
      expect(await stores.other.work.total(range)).toEqual(figures);
      expect(await stores.other.work.total({ ...range, pool: newId() })).toEqual({
        usedMs: 0,
        badputMs: 0,
        evictions: 0,
        calls: 0,
      });
    });

    it('books a page once, however often it comes, and the next one too', async () => {
      const { machine, range } = alone();
      const first = page([spent()], [{ at: new Date(), action: 'kill', reason: '', milliseconds: 5 }]);
      for (let time = 0; time < 3; time++)
        await stores.one.machines.heartbeat({ ...machine, page: first }, LONG);
      await stores.one.machines.heartbeat(machine, LONG);
      await stores.other.machines.heartbeat({ ...machine, page: first }, LONG);
      expect(await stores.one.work.total(range)).toMatchObject({ usedMs: 1000, calls: 2 });
      expect(await stores.one.work.ownerImpact(range)).toMatchObject({ count: 1 });
      await stores.one.machines.heartbeat({ ...machine, page: page([spent()]) }, LONG);
      expect(await stores.one.work.total(range)).toMatchObject({ usedMs: 2000, calls: 4 });
    });

    it('names the batch of what a run had', async () => {
      const { machine, range } = alone();
      const app = await activeApp(stores.one);
      const name = `batch ${newId()}`;
      const { run } = await stores.one.batches.createRun(newRun(app, 1, { name }));
      const { run: again } = await stores.one.batches.createRun(newRun(app, 1, { name }));
      const work = [run, again].map(({ id }) => spent({ appId: app.appId, runId: id }));
      await stores.one.machines.heartbeat({ ...machine, page: page(work) }, LONG);
      expect(await stores.one.work.sums(range, 'function')).toEqual([
        expect.objectContaining({ batchId: run.batchId, batchName: name, usedMs: 2000 }),
      ]);
    });

    it('says the same once hours were added up, and takes in what comes later', async () => {
      const { machine, range } = alone();
      const one = spent({ hour: hourAgo(30) });
      await stores.one.machines.heartbeat(
        { ...machine, page: page([one, { ...one, hour: hourAgo(80) }]) },
        LONG,
      );
      await stores.one.machines.heartbeat(machine, LONG);
      expect(await stores.one.machineTime.sumUp()).toBeGreaterThanOrEqual(2);
      expect(await stores.one.work.total(range)).toMatchObject({ usedMs: 2000 });
      await stores.one.machines.heartbeat({ ...machine, page: page([one]) }, LONG);
      expect(await stores.one.work.total(range)).toMatchObject({ usedMs: 3000 });
      await stores.one.machineTime.sumUp();
      expect(await stores.one.work.total(range)).toMatchObject({ usedMs: 3000, calls: 6 });
      expect(await stores.one.work.total({ ...range, from: hourAgo(31) })).toMatchObject({ usedMs: 2000 });
    });

    it('knows what each batch and app had of a pool, the older the less', async () => {
      const { machine, range } = alone();
      const app = await activeApp(stores.one);
      const { run } = await stores.one.batches.createRun(newRun(app));
      const calls = newId();
      const batchWork = spent({ appId: app.appId, runId: run.id, usedMs: 8_000_000 });
      await stores.one.machines.heartbeat(
        {
          ...machine,
          page: page([
            { ...batchWork, hour: hourAgo(24) },
            { ...batchWork, hour: hourAgo(12) },
            spent({ appId: calls, hour: hourAgo(24), usedMs: 8_000_000 }),
            spent({ appId: calls, hour: hourAgo(24), usedMs: 0, badputMs: 9e9, reason: 'USER_ACTIVE' }),
            spent({ appId: calls, hour: hourAgo(300), usedMs: 9e9 }),
          ]),
        },
        LONG,
      );
      for (const isSummed of [false, true]) {
        if (isSummed) await stores.one.machineTime.sumUp();
        const usages = await stores.other.work.usage(range.pool ?? '', 24);
        expect(usages).toHaveLength(2);
        const had = (wanted: object): number =>
          usages.find(({ of }) => JSON.stringify(of) === JSON.stringify(wanted))?.usage.coreSeconds ?? NaN;
        // A day ago counts half; the hours' middles and the hour that goes on make a little difference.
        expect(had({ appId: calls }) / 8000).toBeGreaterThan(0.48);
        expect(had({ appId: calls }) / 8000).toBeLessThan(0.52);
        expect(had({ batchId: run.batchId }) / 8000).toBeCloseTo(0.5 + Math.SQRT1_2, 1);
      }
      expect(await stores.one.work.usage(`none-${newId()}`, 24)).toEqual([]);
    });

    it('books as lost what a machine was at when it was not heard of any more', async () => {
      const { machine, range } = alone();
      const app = await activeApp(stores.one);
      const { run } = await stores.one.batches.createRun(newRun(app, 3));
      const held = await openedChunk(stores.one, run.id, 0);
      const done = await openedChunk(stores.one, run.id, 1);
      await stores.one.batches.claimChunk(held.id, fenceOf(1, 1), machine.id);
      await stores.one.batches.claimChunk(done.id, fenceOf(1, 1), machine.id);
      const ended = { runId: run.id, fence: fenceOf(1, 1), machineId: machine.id, done: true };
      await stores.one.batches.recordProgress([{ ...ended, chunkId: done.id, items: items(11, 20) }]);
      const claimed = await stores.one.store.now();
      await waitFor(async () => (await stores.one.store.now()).getTime() > claimed.getTime() + 20, {
        timeoutMs: 60_000,
      });
      await stores.one.machines.heartbeat(machine, -1);
      const offline = await Promise.all(stores.all.map(({ machines }) => machines.markOffline()));
      expect(offline.flat().filter(({ id }) => id === machine.id)).toEqual([
        { id: machine.id, name: machine.name },
      ]);
      const [lost, ...more] = await stores.one.work.sums(range, 'function');
      expect(more).toEqual([]);
      expect(lost).toMatchObject({
        appId: app.appId,
        batchId: run.batchId,
        evictions: 1,
        usedMs: 0,
        calls: 0,
      });
      expect(lost?.badputMs).toBeGreaterThanOrEqual(20);
      expect(lost?.badputMs).toBeLessThan(60_000);
      const reasons = await stores.one.work.sums(range, 'reason');
      expect(reasons.map(({ reason }) => reason)).toEqual(['MACHINE_LOST']);
    });

    it.each([
      ['that it had handed back', { slotsBusy: 0 }, []],
      [
        'but no more than it had under way, and no longer than that took',
        { slotsBusy: 1, busySeconds: 0.004 },
        [4],
      ],
    ])('does not book as lost what a machine holds, %s', async (_what, more, lost) => {
      const { machine, range } = alone();
      const { run } = await stores.one.batches.createRun(newRun(await activeApp(stores.one), 3));
      for (const index of [0, 1]) {
        const chunk = await openedChunk(stores.one, run.id, index);
        await stores.one.batches.claimChunk(chunk.id, fenceOf(1, 1), machine.id);
      }
      const claimed = await stores.one.store.now();
      await waitFor(async () => (await stores.one.store.now()).getTime() > claimed.getTime() + 20, {
        timeoutMs: 60_000,
      });
      await stores.one.machines.heartbeat({ ...machine, ...more }, -1);
      await stores.one.machines.markOffline();
      const sums = await stores.one.work.sums(range, 'reason');
      expect(sums.map(({ badputMs }) => badputMs)).toEqual(lost);
      expect(sums.map(({ evictions }) => evictions)).toEqual(lost.map(() => 1));
    });
  });

  describe('WorkStore, owners', () => {
    it('knows how long they waited, and the worst', async () => {
      const { machine, range } = alone();
      const start = Date.now() - 5000;
      const waits = Array.from({ length: 20 }, (_, index): OwnerWait => ({
        at: new Date(start + index),
        action: 'suspend',
        reason: 'USER_ACTIVE',
        milliseconds: index === 7 ? 4000 : index === 9 ? 900.4 : 100 + index,
      }));
      await stores.one.machines.heartbeat({ ...machine, page: page([], waits) }, LONG);
      for (const more of [{}, { machineId: machine.id }]) {
        expect(await stores.other.work.ownerImpact({ ...range, ...more })).toEqual({
          count: 20,
          p50Ms: 111,
          p95Ms: 900,
          maxMs: 4000,
        });
      }
      const worst = await stores.other.work.worstWaits(range, 3);
      expect(worst).toEqual([
        {
          at: new Date(start + 7),
          machineId: machine.id,
          pool: range.pool,
          action: 'suspend',
          reason: 'USER_ACTIVE',
          milliseconds: 4000,
        },
        expect.objectContaining({ milliseconds: 900 }),
        expect.objectContaining({ milliseconds: 119 }),
      ]);
      expect(await stores.other.work.worstWaits(range, 100)).toHaveLength(20);
      expect((await stores.other.work.waits(range, 100)).map(({ at }) => at.getTime() - start)).toEqual(
        waits.map((_, index) => index),
      );
      expect(await stores.other.work.waits(range, 4)).toHaveLength(4);
    });

    it('has nothing to say where none waited, and of one millisecond twice', async () => {
      const { machine, range } = alone();
      const nothing = { count: 0, p50Ms: null, p95Ms: null, maxMs: null };
      expect(await stores.one.work.ownerImpact(range)).toEqual(nothing);
      expect(await stores.one.work.worstWaits(range, 5)).toEqual([]);
      const wait = { at: new Date(), action: 'vacate', reason: '', milliseconds: 50 } as const;
      await stores.one.machines.heartbeat({ ...machine, page: page([], [wait, wait]) }, LONG);
      expect(await stores.one.work.ownerImpact(range)).toMatchObject({ count: 1, p50Ms: 50 });
    });

    it('forgets them with the hours of machines', async () => {
      const { machine, range } = alone();
      const wait = {
        at: new Date(Date.now() - 1000),
        action: 'vacate',
        reason: '',
        milliseconds: 50,
      } as const;
      const kept = page([spent()], [wait]);
      await stores.one.machines.heartbeat({ ...machine, page: kept }, LONG);
      await stores.one.machineTime.removeOlder(1);
      expect(await stores.one.work.ownerImpact(range)).toMatchObject({ count: 1 });
      await stores.one.machineTime.removeOlder(-1);
      expect(await stores.one.work.ownerImpact(range)).toMatchObject({ count: 0 });
      expect(await stores.one.work.total(range)).toMatchObject({ calls: 0 });
    });
  });
}
