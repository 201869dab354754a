import { describe, expect, it } from '@jest/globals';
import type { BatchRun, ChunkProgress, ItemOutcome } from '#shared/domain/batch.js';
import { newId } from '#shared/domain/ids.js';
import { fenceOf } from '#shared/domain/invocation.js';
import type { NewBatchChunk } from '#shared/store/batch-store.js';
import type { Stores } from '#shared/store/kysely/open-stores.js';
import type { StoresUnderTest } from './database-under-test.js';
import { activeApp, cursorAt, items, newChunk, newRun, openedChunk } from './samples.js';

async function runWithChunk(stores: Stores): Promise<{ run: BatchRun; chunk: NewBatchChunk }> {
  const { run } = await stores.batches.createRun(newRun(await activeApp(stores)));
  return { run, chunk: await openedChunk(stores, run.id, 0) };
}

function progressOf(
  run: BatchRun,
  chunk: NewBatchChunk,
  fence: number,
  outcomes: readonly ItemOutcome[],
  done = false,
): ChunkProgress {
  return { chunkId: chunk.id, runId: run.id, fence, machineId: newId(), items: outcomes, done };
}

/** The chunks of `BatchStore`: opening, claiming, dispatching, abandoning. */
export function describeChunks(stores: StoresUnderTest): void {
  describe('BatchStore, chunks', () => {
    it('opens a chunk once, whoever comes with the same cursor at the same time, and starts the run', async () => {
      const { run } = await stores.one.batches.createRun(newRun(await activeApp(stores.one)));
      const opened = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          (index % 2 ? stores.one : stores.other).batches.openChunk(
            run.id,
            run.cursor,
            newChunk(0),
            cursorAt(1),
          ),
        ),
      );
      expect(opened.filter(Boolean)).toHaveLength(1);
      expect(await stores.one.batches.countOpenChunks(run.id)).toBe(1);
      expect(await stores.one.batches.findRun(run.id)).toMatchObject({
        state: 'running',
        cursor: cursorAt(1),
        startedAt: expect.any(Date),
      });
      expect(await stores.one.batches.progress(run.id)).toMatchObject({ chunksTotal: 1, chunksDone: 0 });
    });

    it('lists what is open of each run, with what it may use of limits', async () => {
      const { run } = await stores.one.batches.createRun(newRun(await activeApp(stores.one)));
      const first = { ...newChunk(0), itemsAtOnce: 7, itemsPerSecond: 2.5 };
      await stores.one.batches.openChunk(run.id, cursorAt(0), first, cursorAt(1));
      const second = await openedChunk(stores.one, run.id, 1);
      const openWork = async () =>
        (await stores.other.batches.listOpenWork()).find(({ runId }) => runId === run.id);
      expect(await openWork()).toEqual({
        runId: run.id,
        chunks: 2,
        silent: 0,
        untaken: 0,
        itemsAtOnce: 7,
        itemsPerSecond: 2.5,
      });
      expect([...(await stores.other.batches.openChunkIds(run.id))].sort()).toEqual(
        [first.id, second.id].sort(),
      );
      const [stale] = (await stores.one.batches.listStaleChunks(0, 1000)).filter(({ id }) => id === first.id);
      expect(stale).toMatchObject({ itemsAtOnce: 7, itemsPerSecond: 2.5 });
      for (const chunk of [first, second])
        await stores.one.batches.recordProgress([progressOf(run, chunk, 1001, items(1, 1), true)]);
      expect(await openWork()).toBeUndefined();
      expect(await stores.other.batches.openChunkIds(run.id)).toEqual([]);
    });

    it('opens no more under a key than it allows, whoever opens chunks of whichever runs at the same time', async () => {
      const app = await activeApp(stores.one);
      const runs = await Promise.all(
        Array.from({ length: 6 }, async () => (await stores.one.batches.createRun(newRun(app))).run),
      );
      const limitKey = { name: `key ${newId()}`, limit: 10 };
      const chunks = runs.map(() => ({ ...newChunk(0), itemsAtOnce: 4, limitKey }));
      const opened = await Promise.all(
        runs.map(({ id }, index) =>
          (index % 2 ? stores.one : stores.other).batches.openChunk(
            id,
            cursorAt(0),
            chunks[index]!,
            cursorAt(1),
          ),
        ),
      );
      expect(opened.filter(Boolean)).toHaveLength(2);
      const refused = opened.indexOf(false);
      expect((await stores.one.batches.findRun(runs[refused]!.id))?.cursor).toEqual(cursorAt(0));
      const ended = opened.indexOf(true);
      await stores.one.batches.recordProgress([progressOf(runs[ended]!, chunks[ended]!, 1001, [], true)]);
      const again = () =>
        stores.one.batches.openChunk(runs[refused]!.id, cursorAt(0), chunks[refused]!, cursorAt(1));
      expect(await again()).toBe(true);
    });

    it('notes why a run waits, until a chunk of it is opened', async () => {
      const { run } = await stores.one.batches.createRun(newRun(await activeApp(stores.one)));
      const reason = { code: 'NO_MATCHING_MACHINE', message: 'None has 64 cores.' };
      const noted = async () => (await stores.other.batches.findRun(run.id))?.waitReason;
      await stores.one.batches.noteWaiting(run.id, reason);
      expect(await noted()).toEqual(reason);
      await stores.one.batches.noteWaiting(run.id, null);
      expect(await noted()).toBeNull();
      await stores.one.batches.noteWaiting(run.id, reason);
      await openedChunk(stores.one, run.id, 0);
      expect(await noted()).toBeNull();
    });

    it('does not move the cursor when the chunk can not be written', async () => {
      const { run, chunk } = await runWithChunk(stores.one);
      const sameId = { ...newChunk(1), id: chunk.id };
      const opening = stores.one.batches.openChunk(run.id, cursorAt(1), sameId, cursorAt(2));
      await expect(opening).rejects.toThrow();
      expect((await stores.one.batches.findRun(run.id))?.cursor).toEqual(cursorAt(1));
    });

    it('lets an attempt claim a chunk, unless a newer one has or the chunk is at its end', async () => {
      const { run, chunk } = await runWithChunk(stores.one);
      expect(await stores.one.batches.claimChunk(chunk.id, fenceOf(1, 2), newId())).toBe(true);
      expect(await stores.other.batches.claimChunk(chunk.id, fenceOf(1, 1), newId())).toBe(false);
      expect(await stores.other.batches.claimChunk(chunk.id, fenceOf(1, 2), newId())).toBe(true);
      expect(await stores.other.batches.claimChunk(chunk.id, fenceOf(2, 1), newId())).toBe(true);
      await stores.one.batches.recordProgress([progressOf(run, chunk, fenceOf(2, 1), items(1, 10), true)]);
      expect(await stores.one.batches.claimChunk(chunk.id, fenceOf(3, 1), newId())).toBe(false);
      expect(await stores.one.batches.claimChunk(newId(), 1001, newId())).toBe(false);
    });

    it('lists chunks that were silent for too long, with their run', async () => {
      const { run, chunk } = await runWithChunk(stores.one);
      const ofRun = async (seconds: number) =>
        (await stores.other.batches.listStaleChunks(seconds, 1000)).filter((one) => one.runId === run.id);
      expect(await ofRun(3600)).toEqual([]);
      const { id, ...rest } = chunk;
      expect(await ofRun(0)).toEqual([
        {
          ...rest,
          id,
          runId: run.id,
          state: 'queued',
          dispatchCount: 1,
          run: await stores.one.batches.findRun(run.id),
        },
      ]);
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(await ofRun(0.05)).toHaveLength(1);
      await stores.one.batches.claimChunk(chunk.id, 1001, newId());
      expect(await ofRun(0.05)).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, 60));
      await stores.one.batches.recordProgress([progressOf(run, chunk, 1001, items(1, 2))]);
      expect(await ofRun(0.05)).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(await stores.one.batches.redispatchChunk(chunk.id, 1)).toBe(true);
      expect(await ofRun(0.05)).toEqual([]);
      await stores.one.batches.recordProgress([progressOf(run, chunk, 2001, [], true)]);
      expect(await ofRun(0)).toEqual([]);
    });

    it('lists the chunk first that was silent the longest', async () => {
      const { run, chunk } = await runWithChunk(stores.one);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const second = await openedChunk(stores.one, run.id, 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await stores.one.batches.claimChunk(chunk.id, 1001, newId());
      const stale = await stores.one.batches.listStaleChunks(0, 1000);
      const ofRun = stale.filter((one) => one.runId === run.id);
      expect(ofRun.map((one) => one.id)).toEqual([second.id, chunk.id]);
    });

    it('counts a dispatch once', async () => {
      const { chunk } = await runWithChunk(stores.one);
      const counted = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          (index % 2 ? stores.one : stores.other).batches.redispatchChunk(chunk.id, 1),
        ),
      );
      expect(counted.filter(Boolean)).toHaveLength(1);
      expect(await stores.one.batches.redispatchChunk(chunk.id, 2)).toBe(true);
    });

    it('abandons a chunk: its items without an outcome fail, the others keep theirs', async () => {
      const { run, chunk } = await runWithChunk(stores.one);
      await stores.one.batches.recordProgress([progressOf(run, chunk, 1001, items(1, 4))]);
      const failure = { source: 'platform', type: 'Abandoned', message: 'Tried five times.' } as const;
      const failed = items(3, 10, { state: 'failed', failure, output: undefined, durationMs: 0 });
      expect(await stores.one.batches.abandonChunk(chunk.id, failed)).toBe(true);
      expect(await stores.one.batches.abandonChunk(chunk.id, failed)).toBe(false);
      expect(await stores.one.batches.progress(run.id)).toMatchObject({
        itemsSucceeded: 4,
        itemsFailed: 6,
        chunksDone: 1,
        itemDurationMsTotal: 10,
      });
      const { refusedChunkIds } = await stores.one.batches.recordProgress([
        progressOf(run, chunk, 1001, items(5, 10), true),
      ]);
      expect(refusedChunkIds).toEqual([chunk.id]);
      const { rows } = await stores.one.batches.listItems(run.id, { state: 'failed' }, { limit: 100 });
      expect(rows.map((row) => row.lineNumber)).toEqual([5, 6, 7, 8, 9, 10]);
      expect(rows[0]?.failure).toEqual(failure);
    });
  });
}
