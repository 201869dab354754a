import { describe, expect, it } from '@jest/globals';
import type { BatchRun } from '#shared/domain/batch.js';
import { newId } from '#shared/domain/ids.js';
import type { NewBatchRun } from '#shared/store/batch-store.js';
import type { CoursePoint } from '#shared/store/run-course-store.js';
import type { Stores } from '#shared/store/kysely/open-stores.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import type { StoresUnderTest } from './database-under-test.js';
import { activeApp, items, newRun, openedChunk } from './samples.js';

const pointAt = (at: Date): CoursePoint => ({
  at,
  itemsTotal: 1,
  itemsSucceeded: 0,
  itemsFailed: 0,
  itemsCancelled: 0,
  p50At: null,
  p90At: null,
});

const FAILURE = { source: 'platform', type: 'Ended', message: 'It is over.' } as const;
const digest = (): string => newId().replaceAll('-', '').repeat(2);

async function openRun(stores: Stores, app: AppVersion, more: Partial<NewBatchRun> = {}): Promise<BatchRun> {
  return (await stores.batches.createRun(newRun(app, 2, { inputDigest: digest(), ...more }))).run;
}

async function endedRun(stores: Stores, app: AppVersion, more: Partial<NewBatchRun> = {}): Promise<BatchRun> {
  const run = await openRun(stores, app, more);
  const chunk = await openedChunk(stores, run.id, 0);
  const machineId = newId();
  await stores.batches.claimChunk(chunk.id, 1001, machineId);
  await stores.batches.recordProgress([
    { chunkId: chunk.id, runId: run.id, fence: 1001, machineId, items: items(1, 10), done: true },
  ]);
  await stores.batches.failRun(run.id, FAILURE);
  return run;
}

async function removeWhole(stores: Stores, runId: string, rows: number): Promise<number> {
  let calls = 1;
  while (!(await stores.retention.removeSome(runId, rows))) calls += 1;
  return calls;
}

/** `RetentionStore`. */
export function describeRetention(stores: StoresUnderTest): void {
  describe('RetentionStore', () => {
    it('finds ended runs over a number or an age, the oldest first, and never an open one', async () => {
      const app = await activeApp(stores.one);
      const open = await openRun(stores.one, app);
      const ended = [];
      for (let made = 0; made < 3; made += 1) ended.push((await endedRun(stores.one, app)).id);
      const { batchId } = open;
      const { retention } = stores.other;
      expect(await retention.listOverdue(batchId, { runs: 1 }, 10)).toEqual(ended.slice(0, 2));
      expect(await retention.listOverdue(batchId, { runs: 1 }, 1)).toEqual(ended.slice(0, 1));
      expect(await retention.listOverdue(batchId, { runs: 3 }, 10)).toEqual([]);
      expect(await retention.listOverdue(batchId, { days: 1 }, 10)).toEqual([]);
      expect(await retention.listOverdue(batchId, { days: 0 }, 10)).toEqual(ended);
      expect(await retention.listOverdue(batchId, { days: 1, runs: 2 }, 10)).toEqual(ended.slice(0, 1));
      expect(await retention.listOverdue(batchId, {}, 10)).toEqual([]);
      const batches = [];
      for (let after: string | undefined; ;) {
        const page = await retention.listBatches(2, after);
        batches.push(...page);
        after = page.at(-1)?.id;
        if (page.length < 2) break;
      }
      expect(batches).toContainEqual({ id: batchId, name: 'nightly invoices', retention: null });
    });

    it('counts no replay as a run, and lets it go with an older one', async () => {
      const app = await activeApp(stores.one);
      const [monday, tuesday] = [await endedRun(stores.one, app), await endedRun(stores.one, app)];
      const replay = { cause: 'replay', parentRunId: tuesday.id } as const;
      for (let made = 0; made < 3; made += 1) await endedRun(stores.one, app, replay);
      const overdue = (runs: number) => stores.other.retention.listOverdue(monday.batchId, { runs }, 10);
      expect(await overdue(2)).toEqual([]);
      expect(await overdue(1)).toEqual([monday.id]);
      expect((await stores.one.batches.newestEndedRun(app.appId, tuesday.name))?.id).toBe(tuesday.id);
      const wednesday = await endedRun(stores.one, app);
      expect(await overdue(1)).toHaveLength(5);
      expect(await overdue(1)).not.toContain(wednesday.id);
    });

    it('keeps a run that an open one goes over again', async () => {
      const app = await activeApp(stores.one);
      const parent = await endedRun(stores.one, app);
      const replay = await openRun(stores.one, app, { cause: 'replay', parentRunId: parent.id });
      const overdue = () => stores.one.retention.listOverdue(parent.batchId, { days: 0 }, 10);
      expect(await overdue()).toEqual([]);
      await stores.one.batches.failRun(replay.id, FAILURE);
      expect(await overdue()).toEqual([parent.id, replay.id]);
    });

    it('lets a run be gone at once, and removes its rows piece by piece, also after a kill in the middle', async () => {
      const app = await activeApp(stores.one);
      const run = await endedRun(stores.one, app, { idempotencyKey: 'tonight' });
      const { retention, batches } = stores.one;
      await stores.one.runCourses.note(run.id, pointAt(new Date(0)));
      const begun = await Promise.all([
        retention.beginRemoval(run.id),
        stores.other.retention.beginRemoval(run.id),
      ]);
      expect([...begun].sort()).toEqual([false, true]);
      expect(await batches.findRun(run.id)).toBeNull();
      expect((await batches.listRuns({ limit: 1000 })).rows.map(({ id }) => id)).not.toContain(run.id);
      expect(await batches.newestEndedRun(app.appId, run.name)).toBeNull();
      // Its key is free again.
      const again = await openRun(stores.one, app, { idempotencyKey: 'tonight' });
      expect(again.id).not.toBe(run.id);

      expect(await retention.removeSome(run.id, 4)).toBe(false);
      expect((await batches.listItems(run.id, {}, { limit: 100 })).rows).toHaveLength(6);
      // Here it was killed: another one finds it, and goes on.
      expect(await stores.other.retention.listRemovals(1000)).toContain(run.id);
      expect(await removeWhole(stores.other, run.id, 4)).toBe(4);
      expect((await batches.listItems(run.id, {}, { limit: 100 })).rows).toEqual([]);
      expect((await batches.progress(run.id)).chunksTotal).toBe(0);
      expect(await stores.one.runCourses.newest(run.id, new Date(), 10)).toEqual([]);
      expect(await retention.listRemovals(1000)).not.toContain(run.id);
      expect(await retention.removeSome(run.id, 4)).toBe(true);
    });

    it('does not remove an open run', async () => {
      const run = await openRun(stores.one, await activeApp(stores.one));
      expect(await stores.one.retention.beginRemoval(run.id)).toBe(false);
      expect(await stores.one.batches.findRun(run.id)).not.toBeNull();
    });

    it('says which files nothing refers to, to one instance', async () => {
      const app = await activeApp(stores.one);
      const kept = await openRun(stores.one, app);
      const gone = await endedRun(stores.one, app);
      const loose = { digest: digest(), sizeBytes: 7 };
      await stores.one.inputs.noteFile(loose);
      await stores.one.inputs.noteFile({ digest: kept.inputDigest, sizeBytes: 2000 });
      await stores.one.inputs.noteFile({ digest: app.packageDigest, sizeBytes: 1 });
      await stores.one.retention.beginRemoval(gone.id);
      await removeWhole(stores.one, gone.id, 1000);
      expect(await stores.one.retention.claimUnusedFiles(3600, 1000)).toEqual([]);
      const claims = await Promise.all([
        stores.one.retention.claimUnusedFiles(0, 1000),
        stores.other.retention.claimUnusedFiles(0, 1000),
      ]);
      const claimed = claims.flat();
      expect(claimed.filter((one) => one === loose.digest)).toHaveLength(1);
      expect(claimed).toContain(gone.inputDigest);
      expect(claimed).not.toContain(kept.inputDigest);
      expect(claimed).not.toContain(app.packageDigest);
      // One comes back while it is being removed.
      await stores.one.inputs.noteFile(loose);
      await stores.one.retention.forgetFile(loose.digest);
      await stores.one.retention.forgetFile(gone.inputDigest);
      const left = await stores.one.retention.listUnusedFiles(0, 1000);
      expect(left).toContain(loose.digest);
      expect(left).not.toContain(gone.inputDigest);
    });

    it('keeps a file that a run is still to be made of', async () => {
      const file = { digest: digest(), sizeBytes: 7 };
      await stores.one.inputs.noteFile(file);
      const settings = {
        input: { kind: 'jsonLines', file: file.digest },
        carryOver: true,
        pauseOnFailure: false,
      } as const;
      const app = await activeApp(stores.one);
      await openRun(stores.one, app, { inputState: 'wanted', inputDigest: '', settings });
      expect(await stores.one.retention.listUnusedFiles(0, 1000)).not.toContain(file.digest);
      expect(await stores.one.retention.claimUnusedFiles(0, 1000)).not.toContain(file.digest);
    });
  });
}
