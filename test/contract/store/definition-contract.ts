import { describe, expect, it } from '@jest/globals';
import type { BatchDefinition } from '#shared/domain/batch-definition.js';
import type { DefinedBatch } from '#shared/domain/defined-batch.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import type { PutOutcome } from '#shared/store/batch-definition-store.js';
import type { Stores } from '#shared/store/kysely/open-stores.js';
import type { StoresUnderTest } from './database-under-test.js';
import { activeApp, newCalendar, newDefinition, newRun, NIGHT } from './samples.js';

/** Puts a definition that is right. */
export async function defined(
  stores: Stores,
  app: AppVersion,
  more: Partial<BatchDefinition> = {},
): Promise<DefinedBatch> {
  const definition = newDefinition(app.appName, more);
  const outcome = await stores.batchDefinitions.put({ appId: app.appId, definition, changedBy: 'Ada' });
  return batchOf(outcome);
}

function batchOf(outcome: PutOutcome): DefinedBatch {
  if ('batch' in outcome) return outcome.batch;
  throw new Error(`The definition was refused: ${JSON.stringify(outcome)}`);
}

const keyOf = ({ appId, definition: { name } }: DefinedBatch): { appId: string; name: string } => ({
  appId,
  name,
});

/** `BatchDefinitionStore`. */
export function describeBatchDefinitions(stores: StoresUnderTest): void {
  const change = (
    batch: DefinedBatch,
    more: Partial<BatchDefinition>,
    expectedVersion?: number,
  ): Promise<PutOutcome> =>
    stores.other.batchDefinitions.put({
      appId: batch.appId,
      definition: { ...batch.definition, ...more },
      changedBy: 'Ben',
      expectedVersion,
    });

  describe('BatchDefinitionStore', () => {
    it('keeps a definition with who and when', async () => {
      const app = await activeApp(stores.one);
      const definition = newDefinition(app.appName, {
        window: NIGHT,
        retry: { attempts: 2, backoff: 'fixed', delaySeconds: 0.5 },
      });
      const before = await stores.one.store.now();
      const outcome = await stores.one.batchDefinitions.put({
        appId: app.appId,
        definition,
        changedBy: 'Ada',
      });
      expect(outcome).toEqual({
        kind: 'created',
        batch: {
          id: expect.any(String),
          appId: app.appId,
          version: 1,
          definition,
          changedBy: 'Ada',
          changedAt: expect.any(Date),
          createdAt: expect.any(Date),
          activeSince: expect.any(Date),
          pause: null,
          nextDueAt: expect.any(Date),
        },
      });
      const batch = batchOf(outcome);
      expect(batch.changedAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
      expect(await stores.other.batchDefinitions.find(keyOf(batch))).toEqual(batch);
      expect(await stores.other.batchDefinitions.findById(batch.id)).toEqual(batch);
      expect(await stores.other.batchDefinitions.find({ appId: app.appId, name: 'another' })).toBeNull();
      expect(await stores.other.batchDefinitions.find({ appId: newId(), name: definition.name })).toBeNull();
    });

    it('writes a new version only of another content, whatever the order of its fields', async () => {
      const batch = await defined(stores.one, await activeApp(stores.one), { window: NIGHT });
      const { end, start, timeZone } = NIGHT;
      expect(await change(batch, { window: { end, timeZone, start } })).toEqual({ kind: 'unchanged', batch });
      const changed = await change(batch, { priority: 5 });
      expect(changed).toMatchObject({
        kind: 'changed',
        batch: { id: batch.id, version: 2, changedBy: 'Ben' },
      });
      const { batchDefinitions } = stores.one;
      const versions = await batchDefinitions.listVersions(batch.id, 10);
      expect(versions.map((one) => [one.version, one.definition.priority, one.changedBy])).toEqual([
        [2, 5, 'Ben'],
        [1, 0, 'Ada'],
      ]);
      expect(await batchDefinitions.listVersions(batch.id, 1)).toEqual(versions.slice(0, 1));
      expect(await batchDefinitions.listVersions(batch.id, 10, 2)).toEqual(versions.slice(1));
      expect(await batchDefinitions.findVersion(batch.id, 1)).toEqual(versions[1]);
      expect(await batchDefinitions.findVersion(batch.id, 3)).toBeNull();
    });

    it('refuses a change that was made from another version', async () => {
      const batch = await defined(stores.one, await activeApp(stores.one));
      expect(await change(batch, { priority: 1 }, 0)).toEqual({ kind: 'otherVersion', version: 1 });
      expect(await change(batch, { priority: 1 }, 2)).toEqual({ kind: 'otherVersion', version: 1 });
      expect(await change(batch, { priority: 1 }, 1)).toMatchObject({ kind: 'changed' });
      expect(await change(batch, { name: 'new' }, 1)).toEqual({ kind: 'otherVersion', version: null });
      expect(await change(batch, { name: 'new' }, 0)).toMatchObject({ kind: 'created' });
    });

    it('loses no version when many write at once, and takes one of many that expect the same', async () => {
      const batch = await defined(stores.one, await activeApp(stores.one));
      const put = (priority: number, expectedVersion?: number): Promise<PutOutcome>[] =>
        stores.all.map((one, index) =>
          one.batchDefinitions.put({
            appId: batch.appId,
            definition: { ...batch.definition, priority: priority + index },
            changedBy: 'Ada',
            expectedVersion,
          }),
        );
      const all = (await Promise.all(put(1))).map((outcome) => batchOf(outcome).version);
      expect(all.sort()).toEqual(stores.all.map((_, index) => index + 2));
      const kinds = (await Promise.all(put(50, stores.all.length + 1))).map(({ kind }) => kind).sort();
      expect(kinds).toEqual([
        'changed',
        ...Array.from({ length: stores.all.length - 1 }, () => 'otherVersion'),
      ]);
    });

    it('takes over the batch of runs that were asked for without a definition', async () => {
      const app = await activeApp(stores.one);
      const { run } = await stores.one.batches.createRun(newRun(app));
      expect(await stores.one.batchDefinitions.find({ appId: app.appId, name: run.name })).toBeNull();
      const batch = await defined(stores.one, app, { name: run.name });
      expect(batch.id).toBe(run.batchId);
    });

    it('lists what is defined, the newest first, a page at a time', async () => {
      const app = await activeApp(stores.one);
      const [first, second, third] = [
        await defined(stores.one, app),
        await defined(stores.one, app),
        await defined(stores.one, app),
      ];
      const { batchDefinitions } = stores.other;
      const page = await batchDefinitions.list({ appId: app.appId }, { limit: 2 });
      expect(page.rows).toEqual([third, second]);
      expect(
        (await batchDefinitions.list({ appId: app.appId }, { limit: 2, after: page.next })).rows,
      ).toEqual([first]);
      expect((await batchDefinitions.list({}, { limit: 1 })).rows).toEqual([third]);
    });

    it('pauses with a note, and resumes', async () => {
      const batch = await defined(stores.one, await activeApp(stores.one), { window: NIGHT });
      const { batchDefinitions } = stores.one;
      const paused = await batchDefinitions.pause(keyOf(batch), 'Ada', 'The ERP is moving.');
      const pause = { at: expect.any(Date), by: 'Ada', note: 'The ERP is moving.' };
      expect(paused).toEqual({ ...batch, pause, nextDueAt: null });
      expect(await change(batch, { priority: 1 })).toMatchObject({
        batch: { version: 2, pause, nextDueAt: null },
      });
      expect(await batchDefinitions.pause(keyOf(batch), 'Ben', '')).toMatchObject({
        pause: { by: 'Ben', note: '' },
      });
      const resumed = await batchDefinitions.resume(keyOf(batch));
      expect(resumed).toMatchObject({ version: 2, pause: null, nextDueAt: expect.any(Date) });
      expect(await batchDefinitions.resume(keyOf(batch))).toEqual(resumed);
      const unknown = { appId: batch.appId, name: 'unknown' };
      expect(await batchDefinitions.pause(unknown, 'Ada', '')).toBeNull();
      expect(await batchDefinitions.resume(unknown)).toBeNull();
    });

    it('removes a definition; its versions and runs stay, and it may come back', async () => {
      const app = await activeApp(stores.one);
      const batch = await defined(stores.one, app, { window: NIGHT });
      const { run } = await stores.one.batches.createRun(newRun(app, 1, { name: batch.definition.name }));
      const { batchDefinitions } = stores.one;
      expect(await batchDefinitions.remove(keyOf(batch), 2)).toEqual({ kind: 'otherVersion', version: 1 });
      await batchDefinitions.pause(keyOf(batch), 'Ada', '');
      expect(await batchDefinitions.remove(keyOf(batch), 1)).toEqual({ kind: 'removed' });
      expect(await batchDefinitions.remove(keyOf(batch))).toEqual({ kind: 'unknown' });
      expect(await batchDefinitions.find(keyOf(batch))).toBeNull();
      expect(await batchDefinitions.findById(batch.id)).toBeNull();
      expect((await batchDefinitions.list({ appId: app.appId }, { limit: 10 })).rows).toEqual([]);
      expect(await batchDefinitions.pause(keyOf(batch), 'Ada', '')).toBeNull();
      expect(await batchDefinitions.listVersions(batch.id, 10)).toHaveLength(1);
      expect((await stores.one.batches.findRun(run.id))?.batchId).toBe(batch.id);
      expect(await change(batch, {}, 1)).toEqual({ kind: 'otherVersion', version: null });
      expect(await change(batch, {}, 0)).toMatchObject({
        kind: 'created',
        batch: { id: batch.id, version: 2, pause: null, nextDueAt: expect.any(Date) },
      });
    });
  });

  describe('BatchDefinitionStore, what definitions name', () => {
    it('refuses a calendar that is not there', async () => {
      const app = await activeApp(stores.one);
      const batch = await defined(stores.one, app, { window: NIGHT });
      const name = `calendar-${newId()}`;
      expect(await change(batch, { calendar: name })).toEqual({ kind: 'unknownCalendar', calendar: name });
      await stores.one.calendars.put({ name, calendar: newCalendar(), changedBy: 'Ada' });
      expect(await change(batch, { calendar: name })).toMatchObject({ kind: 'changed' });
    });

    it('refuses batches that are not there, and says which fields name them', async () => {
      const app = await activeApp(stores.one);
      const foreign = await activeApp(stores.one);
      const there = await defined(stores.one, foreign, { name: 'orders' });
      const { run } = await stores.one.batches.createRun(newRun(foreign));
      const batch = await defined(stores.one, app, {
        dependsOn: [{ batch: 'orders', app: foreign.appName, when: 'failed' }],
        input: { kind: 'results', batch: run.name, app: foreign.appName },
      });
      expect(await stores.one.batchDefinitions.listDependents(there.id)).toEqual([batch]);
      expect(await stores.one.batchDefinitions.listDependents(run.batchId)).toEqual([]);
      const refused = await change(batch, {
        dependsOn: [
          { batch: 'orders', app: foreign.appName, when: 'ended' },
          { batch: 'orders', when: 'ended' },
          // It has runs, but nobody defined when it ends well.
          { batch: run.name, app: foreign.appName, when: 'ended' },
        ],
        input: { kind: 'results', batch: 'unknown' },
      });
      expect(refused).toEqual({
        kind: 'unknownBatches',
        batches: [
          expect.objectContaining({ field: 'dependsOn.1.batch', app: app.appName, batch: 'orders' }),
          expect.objectContaining({ field: 'dependsOn.2.batch', app: foreign.appName, batch: run.name }),
          expect.objectContaining({ field: 'input.batch', app: app.appName, batch: 'unknown' }),
        ],
      });
      expect((await stores.one.batchDefinitions.findById(batch.id))?.version).toBe(1);
    });

    it('does not remove what others need', async () => {
      const app = await activeApp(stores.one);
      const orders = await defined(stores.one, app, { name: 'orders' });
      const waiting = await defined(stores.one, app, {
        name: 'w',
        dependsOn: [{ batch: 'orders', when: 'ended' }],
      });
      const taking = await defined(stores.one, app, {
        name: 't',
        input: { kind: 'results', batch: 'orders' },
      });
      const refused = await stores.one.batchDefinitions.remove(keyOf(orders));
      if (refused.kind !== 'needed') throw new Error(refused.kind);
      expect([...refused.by].sort()).toEqual([`${app.appName}/t`, `${app.appName}/w`]);
      await change(waiting, { dependsOn: undefined });
      await stores.one.batchDefinitions.remove(keyOf(taking));
      expect(await stores.one.batchDefinitions.remove(keyOf(orders))).toEqual({ kind: 'removed' });
    });

    it('keeps the graph of dependencies without cycles, across apps', async () => {
      const app = await activeApp(stores.one);
      const shop = await activeApp(stores.one);
      const a = await defined(stores.one, app, { name: 'a' });
      const b = await defined(stores.one, shop, {
        name: 'b',
        dependsOn: [{ batch: 'a', app: app.appName, when: 'ended' }],
      });
      const c = await defined(stores.one, app, {
        name: 'c',
        dependsOn: [{ batch: 'b', app: shop.appName, when: 'ended' }],
      });
      expect(await change(a, { dependsOn: [{ batch: 'c', when: 'failed' }] })).toEqual({
        kind: 'cycle',
        path: [`${app.appName}/a`, `${app.appName}/c`, `${shop.appName}/b`, `${app.appName}/a`],
      });
      expect((await stores.one.batchDefinitions.listDependents(c.id)).length).toBe(0);
      // Taking results is no waiting.
      expect(await change(a, { input: { kind: 'results', batch: 'c' } })).toMatchObject({ kind: 'changed' });
      await change(b, { dependsOn: undefined });
      expect(await change(a, { dependsOn: [{ batch: 'c', when: 'failed' }] })).toMatchObject({
        kind: 'changed',
      });
    });

    it('lets no two changes pass each other that close a cycle only together', async () => {
      const app = await activeApp(stores.one);
      for (let round = 0; round < 5; round++) {
        const one = await defined(stores.one, app);
        const other = await defined(stores.one, app);
        const waits = (batch: DefinedBatch, for_: DefinedBatch, via: Stores): Promise<PutOutcome> =>
          via.batchDefinitions.put({
            appId: app.appId,
            definition: { ...batch.definition, dependsOn: [{ batch: for_.definition.name, when: 'ended' }] },
            changedBy: 'Ada',
          });
        const kinds = await Promise.all([waits(one, other, stores.one), waits(other, one, stores.other)]);
        expect(kinds.map(({ kind }) => kind).sort()).toEqual(['changed', 'cycle']);
      }
    });
  });
}
