import { describe, expect, it } from '@jest/globals';
import type { BatchRun, RunState } from '#shared/domain/batch.js';
import type { RunSettings } from '#shared/domain/batch-definition.js';
import { InvalidInputError, NotFoundError } from '#shared/domain/errors.js';
import { newId } from '#shared/domain/ids.js';
import type { NewBatchRun, RunFilter } from '#shared/store/batch-store.js';
import type { Stores } from '#shared/store/kysely/open-stores.js';
import type { StoresUnderTest } from './database-under-test.js';
import {
  activeApp,
  cursorAt,
  items,
  LINES_PER_CHUNK,
  newChunk,
  newRun,
  openedChunk,
  SAMPLE_TIME,
} from './samples.js';

async function createdRun(stores: Stores, chunks = 2): Promise<BatchRun> {
  const { run } = await stores.batches.createRun(newRun(await activeApp(stores), chunks));
  return run;
}

async function stateOf(stores: Stores, runId: string): Promise<RunState | undefined> {
  return (await stores.batches.findRun(runId))?.state;
}

/** Claims a chunk and records all its items as this state. */
async function finishChunk(
  stores: Stores,
  runId: string,
  index: number,
  state: 'succeeded' | 'failed',
): Promise<void> {
  const chunk = await openedChunk(stores, runId, index);
  const machineId = newId();
  await stores.batches.claimChunk(chunk.id, 1001, machineId);
  const lines = items(chunk.firstLine, chunk.firstLine + LINES_PER_CHUNK - 1, { state });
  await stores.batches.recordProgress([
    { chunkId: chunk.id, runId, fence: 1001, machineId, items: lines, done: true },
  ]);
}

/** The runs of `BatchStore`. */
export function describeRuns(stores: StoresUnderTest): void {
  describe('BatchStore, runs', () => {
    it('writes a run that waits', async () => {
      const app = await activeApp(stores.one);
      const run = newRun(app, 3, { inputSizeBytes: 6_000_000_000 });
      const created = await stores.one.batches.createRun(run);
      expect(created.isNew).toBe(true);
      expect(created.run).toEqual({
        id: run.id,
        batchId: expect.any(String),
        name: 'nightly invoices',
        appId: app.appId,
        appName: app.appName,
        appVersionId: app.id,
        functionName: 'alpha',
        state: 'waiting',
        inputDigest: run.inputDigest,
        inputSizeBytes: 6_000_000_000,
        itemsTotal: 30,
        cursor: { byteOffset: 0, lineNumber: 1 },
        failure: undefined,
        createdAt: expect.any(Date),
        startedAt: null,
        endedAt: null,
        inputState: 'ready',
        batchVersion: null,
        cause: 'request',
        plannedAt: null,
        businessDate: null,
        windowEndsAt: null,
        deadlineAt: null,
        priority: 0,
        pool: null,
        parentRunId: null,
        settings: null,
        waitReason: null,
        terminatedAt: null,
        notBefore: null,
        itemTrigger: 'message',
      });
      expect(await stores.other.batches.findRun(run.id)).toEqual(created.run);
      expect(await stores.other.batches.findRun(newId())).toBeNull();
      await expect(stores.one.batches.endRunIfDue(newId())).rejects.toThrow(NotFoundError);
    });

    it('writes what a run has from its definition', async () => {
      const settings: RunSettings = {
        input: {
          kind: 'sql',
          connection: 'erp',
          query: 'select 1',
          parameters: { region: 'süd', from: null },
        },
        retry: { attempts: 3, backoff: 'exponential', delaySeconds: 5, jitter: 0.2 },
        carryOver: true,
        pauseOnFailure: false,
      };
      const of = {
        state: 'scheduled',
        inputState: 'wanted',
        batchVersion: 7,
        cause: 'schedule',
        plannedAt: SAMPLE_TIME,
        businessDate: '2026-11-24',
        windowEndsAt: new Date(SAMPLE_TIME.getTime() + 1),
        deadlineAt: new Date(SAMPLE_TIME.getTime() + 2),
        priority: -100,
        pool: 'night',
        parentRunId: newId(),
        settings,
        waitReason: { code: 'window', message: 'Its window begins at 22:00.' },
        notBefore: new Date(SAMPLE_TIME.getTime() + 3),
        itemTrigger: 'http',
      } as const;
      const run = newRun(await activeApp(stores.one), 0, { inputDigest: '', ...of });
      await stores.one.batches.createRun(run);
      expect(await stores.other.batches.findRun(run.id)).toMatchObject(of);
      // Without its input nobody knows whether it is at its end.
      expect((await stores.one.batches.endRunIfDue(run.id)).endedAt).toBeNull();
      await stores.one.batches.cancelRun(run.id);
      expect((await stores.one.batches.endRunIfDue(run.id)).state).toBe('cancelled');
    });

    it('makes the batch of a name in an app once', async () => {
      const app = await activeApp(stores.one);
      const another = await activeApp(stores.one);
      const created = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          (index % 2 ? stores.one : stores.other).batches.createRun(newRun(app)),
        ),
      );
      expect(new Set(created.map(({ run }) => run.batchId)).size).toBe(1);
      expect(new Set(created.map(({ run }) => run.id)).size).toBe(6);
      const foreign = await stores.one.batches.createRun(newRun(another));
      expect(foreign.run.batchId).not.toBe(created[0]?.run.batchId);
    });

    it('makes one run of an idempotency key in an app, whoever comes with it at the same time', async () => {
      const app = await activeApp(stores.one);
      const another = await activeApp(stores.one);
      const created = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          (index % 2 ? stores.one : stores.other).batches.createRun(
            newRun(app, 1, { idempotencyKey: 'tonight' }),
          ),
        ),
      );
      expect(created.filter(({ isNew }) => isNew)).toHaveLength(1);
      expect(new Set(created.map(({ run }) => run.id)).size).toBe(1);
      const foreign = await stores.one.batches.createRun(newRun(another, 1, { idempotencyKey: 'tonight' }));
      expect(foreign.isNew).toBe(true);
      const tooLong = newRun(app, 1, { idempotencyKey: 'x'.repeat(256) });
      await expect(stores.one.batches.createRun(tooLong)).rejects.toThrow(InvalidInputError);
    });

    it('lists runs newest first, a page at a time', async () => {
      const app = await activeApp(stores.one);
      const ids: string[] = [];
      for (let made = 0; made < 3; made++) ids.push((await stores.one.batches.createRun(newRun(app))).run.id);
      const first = await stores.one.batches.listRuns({ limit: 2 });
      expect(first.rows.map((run) => run.id)).toEqual([ids[2], ids[1]]);
      const second = await stores.one.batches.listRuns({ limit: 1, after: first.next });
      expect(second.rows.map((run) => run.id)).toEqual([ids[0]]);
    });

    it('lists runs of a batch, an app, a state, a cause, a parent and a time', async () => {
      const app = await activeApp(stores.one);
      const made = async (more: Partial<NewBatchRun>): Promise<BatchRun> =>
        (await stores.one.batches.createRun(newRun(app, 1, more))).run;
      const first = await made({ name: 'a' });
      const second = await made({ name: 'b', cause: 'replay', parentRunId: first.id });
      await stores.one.batches.cancelRun(second.id);
      const foreign = await stores.one.batches.createRun(newRun(await activeApp(stores.one)));
      const ids = async (filter: RunFilter): Promise<string[]> =>
        (await stores.other.batches.listRuns({ limit: 10 }, filter)).rows.map((run) => run.id);
      expect(await ids({ appId: app.appId })).toEqual([second.id, first.id]);
      expect(await ids({ batchId: first.batchId })).toEqual([first.id]);
      expect(await ids({ appId: app.appId, state: 'cancelling' })).toEqual([second.id]);
      expect(await ids({ appId: app.appId, cause: 'request' })).toEqual([first.id]);
      expect(await ids({ parentRunId: first.id })).toEqual([second.id]);
      const later = new Date(Date.now() + 60_000);
      expect(await ids({ appId: app.appId, from: later })).toEqual([]);
      expect(await ids({ appId: app.appId, from: new Date(0), until: later })).toHaveLength(2);
      expect(await ids({ appId: app.appId, until: new Date(0) })).toEqual([]);
      expect(await ids({})).toContain(foreign.run.id);
    });

    it('lists the open runs, the oldest first', async () => {
      const [waiting, running, cancelling, ended] = [
        await createdRun(stores.one),
        await createdRun(stores.one),
        await createdRun(stores.one),
        await createdRun(stores.one),
      ];
      await openedChunk(stores.one, running.id, 0);
      const chunk = await openedChunk(stores.one, cancelling.id, 0);
      await stores.one.batches.claimChunk(chunk.id, 1001, newId());
      await stores.one.batches.cancelRun(cancelling.id);
      await stores.one.batches.failRun(ended.id, { source: 'platform', type: 'InputGone', message: 'Gone.' });
      const open = await stores.other.batches.listOpenRuns();
      const ours = open.filter((run) =>
        [waiting, running, cancelling, ended].some((one) => one.id === run.id),
      );
      expect(ours.map((run) => [run.id, run.state])).toEqual([
        [waiting.id, 'waiting'],
        [running.id, 'running'],
        [cancelling.id, 'cancelling'],
      ]);
    });

    it('goes on while a chunk is open or is to be made, and succeeds when every item has', async () => {
      const run = await createdRun(stores.one);
      expect((await stores.one.batches.endRunIfDue(run.id)).state).toBe('waiting');
      await finishChunk(stores.one, run.id, 0, 'succeeded');
      expect((await stores.one.batches.endRunIfDue(run.id)).state).toBe('running');
      const last = await openedChunk(stores.one, run.id, 1);
      expect((await stores.one.batches.endRunIfDue(run.id)).state).toBe('running');
      await stores.one.batches.recordProgress([
        {
          chunkId: last.id,
          runId: run.id,
          fence: 1001,
          machineId: newId(),
          items: items(11, 20),
          done: true,
        },
      ]);
      const ended = await Promise.all([
        stores.one.batches.endRunIfDue(run.id),
        stores.other.batches.endRunIfDue(run.id),
      ]);
      expect(ended.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
      const { endedAt } = ended[0];
      expect(endedAt).toBeInstanceOf(Date);
      // Once ended, it stays as it is.
      expect((await stores.one.batches.endRunIfDue(run.id)).endedAt).toEqual(endedAt);
    });

    it('completes with failures when an item failed', async () => {
      const run = await createdRun(stores.one);
      await finishChunk(stores.one, run.id, 0, 'succeeded');
      await finishChunk(stores.one, run.id, 1, 'failed');
      expect((await stores.one.batches.endRunIfDue(run.id)).state).toBe('completedWithFailures');
    });

    it('ends a run without items at once', async () => {
      const app = await activeApp(stores.one);
      const { run } = await stores.one.batches.createRun(newRun(app, 0));
      const ended = await stores.one.batches.endRunIfDue(run.id);
      expect(ended).toMatchObject({
        state: 'succeeded',
        startedAt: expect.any(Date),
        endedAt: expect.any(Date),
      });
    });

    it('cancels what no worker has claimed at once, and lets the rest come to its end', async () => {
      const run = await createdRun(stores.one, 3);
      const claimed = await openedChunk(stores.one, run.id, 0);
      const unclaimed = await openedChunk(stores.one, run.id, 1);
      const machineId = newId();
      await stores.one.batches.claimChunk(claimed.id, 1001, machineId);
      expect(await stores.other.batches.cancelRun(run.id)).toBe(true);
      expect(await stores.other.batches.cancelRun(run.id)).toBe(true);
      expect(await stateOf(stores.one, run.id)).toBe('cancelling');
      expect(await stores.one.batches.countOpenChunks(run.id)).toBe(1);
      expect(await stores.one.batches.claimChunk(unclaimed.id, 1001, machineId)).toBe(false);
      expect(await stores.one.batches.openChunk(run.id, cursorAt(2), newChunk(2), cursorAt(3))).toBe(false);
      expect((await stores.one.batches.endRunIfDue(run.id)).state).toBe('cancelling');
      const { refusedChunkIds } = await stores.one.batches.recordProgress([
        { chunkId: claimed.id, runId: run.id, fence: 1001, machineId, items: items(1, 4), done: true },
      ]);
      expect(refusedChunkIds).toEqual([]);
      expect(await stores.one.batches.endRunIfDue(run.id)).toMatchObject({
        state: 'cancelled',
        endedAt: expect.any(Date),
      });
      expect((await stores.one.batches.progress(run.id)).itemsSucceeded).toBe(4);
      expect(await stores.one.batches.cancelRun(run.id)).toBe(false);
      expect(await stores.one.batches.cancelRun(newId())).toBe(false);
    });

    it('does not begin another attempt at a chunk of a cancelled run, and so comes to its end', async () => {
      for (const next of ['claim', 'redispatch'] as const) {
        const run = await createdRun(stores.one);
        const chunk = await openedChunk(stores.one, run.id, 0);
        await stores.one.batches.claimChunk(chunk.id, 1001, newId());
        await stores.one.batches.cancelRun(run.id);
        const begun =
          next === 'claim'
            ? await stores.one.batches.claimChunk(chunk.id, 1002, newId())
            : await stores.one.batches.redispatchChunk(chunk.id, 1);
        expect(begun).toBe(false);
        expect((await stores.one.batches.endRunIfDue(run.id)).state).toBe('cancelled');
      }
    });

    it('fails a run that can not go on, with its chunks', async () => {
      const run = await createdRun(stores.one);
      const chunk = await openedChunk(stores.one, run.id, 0);
      const machineId = newId();
      await stores.one.batches.claimChunk(chunk.id, 1001, machineId);
      const failure = { source: 'platform', type: 'InputGone', message: 'The input is gone.' } as const;
      expect(await stores.one.batches.failRun(run.id, failure)).toBe(true);
      expect(await stores.one.batches.failRun(run.id, failure)).toBe(false);
      expect(await stores.one.batches.endRunIfDue(run.id)).toMatchObject({
        state: 'failed',
        failure,
        endedAt: expect.any(Date),
      });
      expect(await stores.one.batches.countOpenChunks(run.id)).toBe(0);
      expect(await stores.one.batches.claimChunk(chunk.id, 1002, machineId)).toBe(false);
      expect(await stores.one.batches.redispatchChunk(chunk.id, 1)).toBe(false);
    });

    it('knows how long an item takes, from the newest chunks of the function', async () => {
      const run = await createdRun(stores.one);
      expect(await stores.one.batches.meanItemDurationMs(run.appId, 'alpha')).toBeNull();
      await finishChunk(stores.one, run.id, 0, 'succeeded');
      await stores.one.batches.createRun({ ...newRun(await activeApp(stores.one)), appId: run.appId });
      expect(await stores.one.batches.meanItemDurationMs(run.appId, 'alpha')).toBeCloseTo(2.5);
      expect(await stores.one.batches.meanItemDurationMs(run.appId, 'zeta')).toBeNull();
    });
  });
}
