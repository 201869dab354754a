import { describe, expect, it } from '@jest/globals';
import type { DefinedBatch, DueBatch } from '#shared/domain/defined-batch.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import type { NewBatchRun } from '#shared/store/batch-store.js';
import type { Stores } from '#shared/store/kysely/open-stores.js';
import type { OccurrenceClaim } from '#shared/store/occurrence-store.js';
import type { StoresUnderTest } from './database-under-test.js';
import { defined } from './definition-contract.js';
import { activeApp, newRun, NIGHT, SAMPLE_TIME } from './samples.js';

const NEXT = new Date(SAMPLE_TIME.getTime() + 86_400_000);

async function dueOf(stores: Stores, batch: DefinedBatch): Promise<DueBatch | undefined> {
  return (await stores.occurrences.listDue(1000)).find((due) => due.batch.id === batch.id);
}

/** `OccurrenceStore`. */
export function describeOccurrences(stores: StoresUnderTest): void {
  const timed = async (): Promise<[AppVersion, DefinedBatch]> => {
    const app = await activeApp(stores.one);
    return [app, await defined(stores.one, app, { window: NIGHT })];
  };
  const keyOf = ({ appId, definition }: DefinedBatch) => ({ appId, name: definition.name });
  const runOf = (app: AppVersion, { definition }: DefinedBatch): NewBatchRun =>
    newRun(app, 1, { name: definition.name, state: 'scheduled', cause: 'schedule', plannedAt: SAMPLE_TIME });
  const claimOf = (batch: DefinedBatch, more: Partial<OccurrenceClaim> = {}): OccurrenceClaim => ({
    batchId: batch.id,
    version: batch.version,
    openRunIds: [],
    plannedAt: SAMPLE_TIME,
    run: null,
    nextDueAt: NEXT,
    ...more,
  });

  describe('OccurrenceStore', () => {
    it('lists batches that are due, from the definition on', async () => {
      const before = await stores.one.store.now();
      const [app, batch] = await timed();
      const untimed = await defined(stores.one, app);
      const due = await dueOf(stores.other, batch);
      expect(due).toEqual({ batch, activeSince: expect.any(Date), lastPlannedAt: null });
      expect(due?.activeSince.getTime()).toBeGreaterThanOrEqual(before.getTime());
      expect(await dueOf(stores.one, untimed)).toBeUndefined();
      const later = new Date(Date.now() + 3_600_000);
      expect(await stores.one.occurrences.setNextDue(batch.id, 1, later)).toBe(true);
      expect(await dueOf(stores.one, batch)).toBeUndefined();
      expect((await stores.one.batchDefinitions.findById(batch.id))?.nextDueAt).toEqual(later);
      expect(await stores.one.occurrences.setNextDue(batch.id, 2, null)).toBe(false);
    });

    it('lists the longest due first, and says when the earliest is', async () => {
      const [, first] = await timed();
      const [, second] = await timed();
      await stores.one.occurrences.setNextDue(first.id, 1, new Date(2000));
      await stores.one.occurrences.setNextDue(second.id, 1, new Date(1000));
      const [one, other] = await stores.other.occurrences.listDue(2);
      expect([one?.batch.id, other?.batch.id]).toEqual([second.id, first.id]);
      expect(await stores.other.occurrences.nextDueAt()).toEqual(new Date(1000));
      for (const { id } of [first, second]) await stores.one.occurrences.setNextDue(id, 1, null);
    });

    it('claims an occurrence with its run, and says when to look again', async () => {
      const [app, batch] = await timed();
      const run = runOf(app, batch);
      const claimed = await stores.one.occurrences.claim(claimOf(batch, { run, nextDueAt: new Date(3000) }));
      expect(claimed).toMatchObject({
        kind: 'claimed',
        run: { id: run.id, batchId: batch.id, state: 'scheduled', cause: 'schedule', plannedAt: SAMPLE_TIME },
      });
      expect(await dueOf(stores.other, batch)).toMatchObject({
        batch: { nextDueAt: new Date(3000) },
        lastPlannedAt: SAMPLE_TIME,
      });
      const skipped = claimOf(batch, {
        plannedAt: NEXT,
        openRunIds: [run.id],
        reason: 'The last run still goes on.',
      });
      expect(await stores.one.occurrences.claim({ ...skipped, nextDueAt: null })).toEqual({
        kind: 'claimed',
        run: null,
      });
      const { occurrences } = stores.other;
      const all = await occurrences.list(batch.id, 10);
      expect(all).toEqual([
        { plannedAt: NEXT, claimedAt: expect.any(Date), runId: null, reason: 'The last run still goes on.' },
        { plannedAt: SAMPLE_TIME, claimedAt: expect.any(Date), runId: run.id, reason: null },
      ]);
      expect(await occurrences.list(batch.id, 10, NEXT)).toEqual(all.slice(1));
      expect(await occurrences.list(batch.id, 1)).toEqual(all.slice(0, 1));
    });

    it('claims an occurrence once, whoever comes at the same time', async () => {
      const [app, batch] = await timed();
      for (const plannedAt of [SAMPLE_TIME, NEXT]) {
        const openRunIds = (await stores.one.batches.listOpenRuns())
          .filter((run) => run.batchId === batch.id)
          .map((run) => run.id);
        const outcomes = await Promise.all(
          stores.all.map((one) =>
            one.occurrences.claim(claimOf(batch, { plannedAt, openRunIds, run: runOf(app, batch) })),
          ),
        );
        expect(outcomes.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
        expect(outcomes.filter(({ kind }) => kind === 'taken')).toHaveLength(stores.all.length - 1);
      }
      expect((await stores.one.batches.listRuns({ limit: 10 }, { batchId: batch.id })).rows).toHaveLength(2);
      expect(await stores.one.occurrences.list(batch.id, 10)).toHaveLength(2);
    });

    it('claims two occurrences that start runs one after the other, so that the second sees the first run', async () => {
      const [app, batch] = await timed();
      const outcomes = await Promise.all(
        [SAMPLE_TIME, NEXT].map((plannedAt, index) =>
          (index ? stores.one : stores.other).occurrences.claim(
            claimOf(batch, { plannedAt, run: runOf(app, batch) }),
          ),
        ),
      );
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['claimed', 'outdated']);
    });

    it.each<[string, (batch: DefinedBatch, app: AppVersion) => Promise<unknown>]>([
      [
        'was changed',
        (batch) =>
          stores.one.batchDefinitions.put({
            appId: batch.appId,
            definition: { ...batch.definition, priority: 1 },
            changedBy: 'Ben',
          }),
      ],
      ['was paused', (batch) => stores.one.batchDefinitions.pause(keyOf(batch), 'Ben', '')],
      ['was removed', (batch) => stores.one.batchDefinitions.remove(keyOf(batch))],
      [
        'has another run',
        (batch, app) => stores.one.batches.createRun(newRun(app, 1, { name: batch.definition.name })),
      ],
    ])('writes nothing when the batch %s meanwhile', async (_what, meanwhile) => {
      const [app, batch] = await timed();
      await meanwhile(batch, app);
      const before = await stores.one.batchDefinitions.findById(batch.id);
      const run = runOf(app, batch);
      expect(await stores.one.occurrences.claim(claimOf(batch, { run }))).toEqual({ kind: 'outdated' });
      expect(await stores.one.batches.findRun(run.id)).toBeNull();
      expect(await stores.one.occurrences.list(batch.id, 10)).toEqual([]);
      expect(await stores.one.batchDefinitions.findById(batch.id)).toEqual(before);
    });

    it('remembers what was missed over a change that leaves the times alone, and forgets it with new times or a pause', async () => {
      const [, batch] = await timed();
      const first = (await dueOf(stores.one, batch))?.activeSince ?? new Date(0);
      const put = (more: object) =>
        stores.one.batchDefinitions.put({
          appId: batch.appId,
          definition: { ...batch.definition, ...more },
          changedBy: 'Ben',
        });
      const since = async (): Promise<number> => (await dueOf(stores.one, batch))?.activeSince.getTime() ?? 0;
      await put({ priority: 7 });
      expect(await since()).toBe(first.getTime());
      await put({ window: { ...NIGHT, start: '21:00' } });
      const second = await since();
      expect(second).toBeGreaterThanOrEqual(first.getTime());
      await stores.one.batchDefinitions.pause(keyOf(batch), 'Ben', '');
      expect(await dueOf(stores.one, batch)).toBeUndefined();
      await stores.one.batchDefinitions.resume(keyOf(batch));
      expect(await since()).toBeGreaterThanOrEqual(second);
    });
  });
}
