import { describe, expect, it } from '@jest/globals';
import type { BatchRun } from '#shared/domain/batch.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import type { Failure } from '#shared/domain/invocation.js';
import type { NewBatchRun } from '#shared/store/batch-store.js';
import type { DueSettlement } from '#shared/store/occurrence-store.js';
import type { StoresUnderTest } from './database-under-test.js';
import { defined } from './definition-contract.js';
import { activeApp, items, newRun, NIGHT, openedChunk, SAMPLE_TIME } from './samples.js';

const NEXT = new Date(SAMPLE_TIME.getTime() + 86_400_000);
const LATER = new Date('2100-01-01T00:00:00Z');
const FAILURE: Failure = { source: 'platform', type: 'WindowOver', message: 'Rest für später.' };

/** `OccurrenceStore.settle` and `RunScheduleStore`. */
export function describeRunSchedules(stores: StoresUnderTest): void {
  const created = async (app: AppVersion, more: Partial<NewBatchRun> = {}): Promise<BatchRun> =>
    (await stores.one.batches.createRun(newRun(app, 2, more))).run;
  const stateOf = async ({ id }: BatchRun) => (await stores.other.batches.findRun(id))?.state;

  describe('OccurrenceStore.settle', () => {
    const due = async () => {
      const app = await activeApp(stores.one);
      const batch = await defined(stores.one, app, { window: NIGHT });
      const run = newRun(app, 1, { name: batch.definition.name, state: 'scheduled', plannedAt: NEXT });
      const settlement: DueSettlement = {
        batchId: batch.id,
        version: 1,
        openRunIds: [],
        occurrences: [
          { plannedAt: SAMPLE_TIME, run: null, reason: 'It was missed.' },
          { plannedAt: NEXT, run },
        ],
        nextDueAt: LATER,
      };
      return { app, batch, run, settlement };
    };

    it('settles many batches, each as a whole', async () => {
      const [one, two, three] = [await due(), await due(), await due()];
      const outdated = { ...two.settlement, version: 2 };
      const nothing = { ...three.settlement, occurrences: [], nextDueAt: null };
      const settled = await stores.one.occurrences.settle([one.settlement, outdated, nothing]);
      expect([...settled].sort()).toEqual([one.batch.id, three.batch.id].sort());
      expect(await stores.other.occurrences.list(one.batch.id, 10)).toMatchObject([
        { plannedAt: NEXT, runId: one.run.id, reason: null },
        { plannedAt: SAMPLE_TIME, runId: null, reason: 'It was missed.' },
      ]);
      expect(await stores.other.batches.findRun(one.run.id)).toMatchObject({
        batchId: one.batch.id,
        state: 'scheduled',
      });
      const { batchDefinitions } = stores.other;
      expect((await batchDefinitions.findById(one.batch.id))?.nextDueAt).toEqual(LATER);
      expect((await batchDefinitions.findById(three.batch.id))?.nextDueAt).toBeNull();
      expect(await stores.other.batches.findRun(two.run.id)).toBeNull();
      expect(await stores.one.occurrences.settle([])).toEqual(new Set());
    });

    it('settles a batch once, whoever comes at the same time', async () => {
      const { app, batch, settlement } = await due();
      const settled = await Promise.all(
        stores.all.map((one) => {
          const run = newRun(app, 1, { name: batch.definition.name });
          return one.occurrences.settle([{ ...settlement, occurrences: [{ plannedAt: NEXT, run }] }]);
        }),
      );
      expect(settled.filter(({ size }) => size === 1)).toHaveLength(1);
      expect((await stores.one.batches.listRuns({ limit: 10 }, { batchId: batch.id })).rows).toHaveLength(1);
    });

    it('settles nothing of a batch that has another run, an occurrence that is taken, or is paused', async () => {
      const { app, batch, run, settlement } = await due();
      const other = await created(app, { name: batch.definition.name });
      expect(await stores.one.occurrences.settle([settlement])).toEqual(new Set());
      const seen = { ...settlement, openRunIds: [other.id] };
      expect(await stores.one.occurrences.settle([seen])).toEqual(new Set([batch.id]));
      const again = { ...settlement, openRunIds: [other.id, run.id] };
      expect(await stores.one.occurrences.settle([again])).toEqual(new Set());
      await stores.one.batchDefinitions.pause({ appId: app.appId, name: batch.definition.name }, 'Ben', '');
      expect(await stores.one.occurrences.settle([{ ...again, occurrences: [] }])).toEqual(new Set());
    });
  });

  describe('RunScheduleStore', () => {
    const scheduledOf = async (app: AppVersion, now: Date) =>
      (await stores.other.runSchedules.listScheduled(now, 1000))
        .filter(({ run }) => run.appId === app.appId)
        .map(({ run }) => run.id);

    it('lists runs whose time has come, with the definition that they go by', async () => {
      const app = await activeApp(stores.one);
      const batch = await defined(stores.one, app, { window: NIGHT });
      const more = { name: batch.definition.name, state: 'scheduled', batchVersion: 1 } as const;
      const run = await created(app, { ...more, notBefore: SAMPLE_TIME });
      const later = await created(app, { ...more, notBefore: NEXT });
      const bare = await created(app, { state: 'scheduled' });
      await created(app);
      const before = new Date(SAMPLE_TIME.getTime() - 1);
      expect(await scheduledOf(app, before)).toEqual([bare.id]);
      expect(await scheduledOf(app, SAMPLE_TIME)).toEqual([run.id, bare.id]);
      expect(await scheduledOf(app, NEXT)).toEqual([run.id, later.id, bare.id]);
      const page = await stores.one.runSchedules.listScheduled(SAMPLE_TIME, 1000, run.id);
      expect(page.find((one) => one.run.id === bare.id)).toEqual({ run: bare, definition: null });
      const first = await stores.one.runSchedules.listScheduled(SAMPLE_TIME, 1000);
      expect(first.find((one) => one.run.id === run.id)).toEqual({ run, definition: batch.definition });
    });

    it('has a run begin once, and says why it waits until then', async () => {
      const app = await activeApp(stores.one);
      const run = await created(app, { state: 'scheduled' });
      const reason = { code: 'DEPENDENCY', message: 'Es wartet.' };
      await stores.one.runSchedules.explain(run.id, reason);
      expect((await stores.other.batches.findRun(run.id))?.waitReason).toEqual(reason);
      const begun = await Promise.all(stores.all.map((one) => one.runSchedules.begin(run.id)));
      expect(begun.filter(Boolean)).toHaveLength(1);
      expect(await stores.other.batches.findRun(run.id)).toMatchObject({
        state: 'waiting',
        waitReason: null,
      });
      await stores.one.runSchedules.explain(run.id, reason);
      expect((await stores.other.batches.findRun(run.id))?.waitReason).toBeNull();
      expect(await stores.one.runSchedules.endScheduled(run.id, 'failed', FAILURE)).toBe(false);
    });

    it('ends a run that has not begun', async () => {
      const run = await created(await activeApp(stores.one), { state: 'scheduled' });
      expect(await stores.one.runSchedules.endScheduled(run.id, 'cancelled', FAILURE)).toBe(true);
      expect(await stores.other.batches.findRun(run.id)).toMatchObject({
        state: 'cancelled',
        failure: FAILURE,
        endedAt: expect.any(Date),
      });
    });

    it('knows the open runs of batches, and those of a day', async () => {
      const app = await activeApp(stores.one);
      const more = { name: 'night', businessDate: '2026-11-30' };
      const first = await created(app, { ...more, state: 'scheduled', notBefore: NEXT, cause: 'catchUp' });
      const second = await created(app, more);
      const other = await created(app, { name: 'night', businessDate: '2026-12-01' });
      await stores.one.batches.failRun(second.id, FAILURE);
      expect(await stores.other.runSchedules.openRunsOf([first.batchId])).toEqual([
        { id: first.id, batchId: first.batchId, state: 'scheduled', cause: 'catchUp', notBefore: NEXT },
        { id: other.id, batchId: first.batchId, state: 'waiting', cause: 'request', notBefore: null },
      ]);
      const day = { parentRunId: null, itemsFailed: 0 };
      expect(await stores.other.runSchedules.runsOfDay(app.appName, 'night', '2026-11-30')).toEqual([
        { ...day, id: first.id, state: 'scheduled', cause: 'catchUp', endedAt: null },
        { ...day, id: second.id, state: 'failed', cause: 'request', endedAt: expect.any(Date) },
      ]);
      expect(await stores.one.runSchedules.runsOfDay(app.appName, 'day', '2026-11-30')).toEqual([]);
    });

    it('writes runs together, once for each key', async () => {
      const app = await activeApp(stores.one);
      const some = ['a', 'b'].map((idempotencyKey) => newRun(app, 1, { idempotencyKey, cause: 'backfill' }));
      const first = await stores.one.runSchedules.createAll(some);
      const again = ['b', 'c'].map((idempotencyKey) => newRun(app, 1, { idempotencyKey }));
      const second = await stores.other.runSchedules.createAll(again);
      expect(second.map(({ id }) => id)).toEqual([first[1]?.id, again[1]?.id]);
    });

    it('drains a run: what nobody has begun ends, what somebody has may come to its end', async () => {
      const app = await activeApp(stores.one);
      const run = await created(app, { windowEndsAt: SAMPLE_TIME });
      const claimed = await openedChunk(stores.one, run.id, 0);
      const waiting = await openedChunk(stores.one, run.id, 1);
      await stores.one.batches.claimChunk(claimed.id, 1001, run.id);
      expect(await stores.other.runSchedules.drain(run.id)).toEqual([waiting.id]);
      expect(await stores.other.runSchedules.drain(run.id)).toBeNull();
      expect(await stateOf(run)).toBe('draining');
      expect(await stores.one.batches.countOpenChunks(run.id)).toBe(1);
      const progress = { chunkId: claimed.id, runId: run.id, fence: 1001, machineId: run.id, done: false };
      expect(await stores.one.batches.recordProgress([{ ...progress, items: items(1, 4) }])).toEqual({
        refusedChunkIds: [],
      });
      expect(await stores.one.runSchedules.endWindow(run.id, { state: 'carriedOver' })).toBe(false);
      // Given back: nobody begins it again.
      expect(await stores.one.batches.claimChunk(claimed.id, 1002, run.id)).toBe(false);
      expect(await stores.one.batches.countOpenChunks(run.id)).toBe(0);
      expect((await stores.one.batches.progress(run.id)).itemsSucceeded).toBe(4);
    });

    it('ends what is lost of a run that drains, instead of putting it back on a queue', async () => {
      const run = await created(await activeApp(stores.one));
      const chunk = await openedChunk(stores.one, run.id, 0);
      await stores.one.batches.claimChunk(chunk.id, 1001, run.id);
      await stores.one.runSchedules.drain(run.id);
      expect(await stores.other.batches.redispatchChunk(chunk.id, 1)).toBe(false);
      expect(await stores.one.batches.countOpenChunks(run.id)).toBe(0);
    });

    it('closes the chunks of a window that is over: what is recorded later is refused', async () => {
      const run = await created(await activeApp(stores.one));
      const chunk = await openedChunk(stores.one, run.id, 0);
      await stores.one.batches.claimChunk(chunk.id, 1001, run.id);
      expect(await stores.one.runSchedules.closeChunks(run.id)).toEqual([]);
      await stores.one.runSchedules.drain(run.id);
      expect(await stores.other.runSchedules.closeChunks(run.id)).toEqual([chunk.id]);
      const progress = { chunkId: chunk.id, runId: run.id, fence: 1001, machineId: run.id, done: true };
      expect(await stores.one.batches.recordProgress([{ ...progress, items: items(1, 4) }])).toEqual({
        refusedChunkIds: [chunk.id],
      });
    });

    it('ends a window with the run that goes on, once', async () => {
      const app = await activeApp(stores.one);
      const run = await created(app, { windowEndsAt: SAMPLE_TIME });
      const ending = (await stores.other.runSchedules.listEnding(SAMPLE_TIME, 1000)).map((one) => one.run.id);
      expect(ending).toContain(run.id);
      const outcomes = await Promise.all(
        stores.all.map((one) => {
          const next = newRun(app, 1, { parentRunId: run.id, cause: 'carryOver' });
          return one.runSchedules.endWindow(run.id, { state: 'carriedOver', next });
        }),
      );
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      const { rows } = await stores.one.batches.listRuns({ limit: 10 }, { parentRunId: run.id });
      expect(rows).toHaveLength(1);
      expect(await stores.other.batches.findRun(run.id)).toMatchObject({
        state: 'carriedOver',
        endedAt: expect.any(Date),
      });
      const left = (await stores.other.runSchedules.listEnding(SAMPLE_TIME, 1000)).map((one) => one.run.id);
      expect(left).not.toContain(run.id);
    });

    it('lists ends that nobody has seen to yet', async () => {
      const run = await created(await activeApp(stores.one));
      const unseen = async () => (await stores.other.runSchedules.listUnseenEnds(1000)).map(({ id }) => id);
      expect(await unseen()).not.toContain(run.id);
      await stores.one.batches.failRun(run.id, FAILURE);
      expect(await unseen()).toContain(run.id);
      await stores.one.runSchedules.markSeen([run.id]);
      expect(await unseen()).not.toContain(run.id);
    });
  });
}
