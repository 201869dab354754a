import { describe, expect, it } from '@jest/globals';
import type { BatchRun, ChunkProgress, ItemOutcome } from '#shared/domain/batch.js';
import { newId } from '#shared/domain/ids.js';
import type { NewBatchChunk } from '#shared/store/batch-store.js';
import type { Stores } from '#shared/store/kysely/open-stores.js';
import type { StoresUnderTest } from './database-under-test.js';
import { activeApp, item, items, newRun, openedChunk, SAMPLE_TIME } from './samples.js';

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

async function linesOf(stores: Stores, runId: string): Promise<number[]> {
  const { rows } = await stores.batches.listItems(runId, {}, { limit: 1000 });
  return rows.map((row) => row.lineNumber);
}

/** The items of `BatchStore`. */
export function describeItems(stores: StoresUnderTest): void {
  describe('BatchStore, items', () => {
    it('gives back what was recorded of an item', async () => {
      const { run, chunk } = await runWithChunk(stores.one);
      const outcomes = [
        item(1, { output: null, durationMs: 0.25 }),
        item(2, {
          state: 'failed',
          attempts: 3,
          output: undefined,
          failure: { source: 'function', type: 'Error', message: 'nö “quotes”', stack: 'at x' },
          logs: [{ loggedAt: SAMPLE_TIME, level: 'error', category: 'user', message: 'oh' }],
        }),
        item(3, { state: 'cancelled', output: undefined }),
      ];
      await stores.one.batches.recordProgress([progressOf(run, chunk, 1001, outcomes)]);
      const { rows } = await stores.other.batches.listItems(run.id, {}, { limit: 10 });
      expect(rows.map(({ fingerprint }) => fingerprint !== undefined)).toEqual([false, true, false]);
      expect(rows.map((row) => ({ ...row, fingerprint: undefined }))).toEqual(outcomes);
      expect(await stores.other.batches.progress(run.id)).toEqual({
        itemsSucceeded: 1,
        itemsFailed: 1,
        itemsCancelled: 1,
        chunksTotal: 1,
        chunksDone: 0,
        itemDurationMsTotal: 5.25,
      });
    });

    it('commits each item once and counts it once, also when progress is recorded again', async () => {
      const { run, chunk } = await runWithChunk(stores.one);
      const first = progressOf(run, chunk, 1001, items(1, 6));
      const overlapping = progressOf(run, chunk, 1001, items(4, 10, { state: 'failed' }), true);
      for (const progress of [first, first, overlapping, overlapping]) {
        expect(await stores.one.batches.recordProgress([progress])).toEqual({ refusedChunkIds: [] });
      }
      expect(await stores.one.batches.progress(run.id)).toEqual({
        itemsSucceeded: 6,
        itemsFailed: 4,
        itemsCancelled: 0,
        chunksTotal: 1,
        chunksDone: 1,
        itemDurationMsTotal: 25,
      });
      expect(await linesOf(stores.one, run.id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(await stores.one.batches.recordProgress([])).toEqual({ refusedChunkIds: [] });
    });

    it('finds one item, the chunk that its line lies in, and items up to a line', async () => {
      const { run, chunk } = await runWithChunk(stores.one);
      await stores.one.batches.recordProgress([progressOf(run, chunk, 1001, items(1, 6))]);
      const second = await openedChunk(stores.one, run.id, 1);
      const { batches } = stores.other;
      expect(await batches.findItem(run.id, 6)).toEqual(item(6));
      expect(await batches.findItem(run.id, 7)).toBeNull();
      expect(await batches.chunkOf(run.id, 10)).toMatchObject({ id: chunk.id, byteStart: 0, firstLine: 1 });
      expect(await batches.chunkOf(run.id, 11)).toMatchObject({ id: second.id });
      expect(await batches.chunkOf(run.id, 21)).toBeNull();
      const upTo = await batches.listItems(run.id, { toLine: 3 }, { limit: 2, afterLine: 1 });
      expect(upTo.rows.map((row) => row.lineNumber)).toEqual([2, 3]);
      expect(upTo.nextLine).toBeUndefined();
    });

    it('takes the same line twice in one call as one item', async () => {
      const { run, chunk } = await runWithChunk(stores.one);
      await stores.one.batches.recordProgress([
        progressOf(run, chunk, 1001, [...items(1, 3), ...items(2, 4)]),
      ]);
      expect(await linesOf(stores.one, run.id)).toEqual([1, 2, 3, 4]);
      expect((await stores.one.batches.progress(run.id)).itemsSucceeded).toBe(4);
    });

    it('writes nothing of a chunk that a newer attempt has claimed', async () => {
      const { run, chunk } = await runWithChunk(stores.one);
      await stores.one.batches.claimChunk(chunk.id, 1001, newId());
      await stores.one.batches.recordProgress([progressOf(run, chunk, 1001, items(1, 2))]);
      await stores.other.batches.claimChunk(chunk.id, 1002, newId());
      const late = progressOf(run, chunk, 1001, items(3, 10), true);
      expect(await stores.one.batches.recordProgress([late])).toEqual({ refusedChunkIds: [chunk.id] });
      expect(await linesOf(stores.one, run.id)).toEqual([1, 2]);
      expect(await stores.one.batches.countOpenChunks(run.id)).toBe(1);
      // The newer attempt goes on from what is there.
      const finished = await stores.other.batches.finishedLines(run.id, chunk.firstLine, chunk.lineCount);
      expect([...finished].sort()).toEqual([1, 2]);
      await stores.other.batches.recordProgress([progressOf(run, chunk, 1002, items(3, 10), true)]);
      expect(await stores.one.batches.recordProgress([late])).toEqual({ refusedChunkIds: [chunk.id] });
      expect((await stores.one.batches.progress(run.id)).itemsSucceeded).toBe(10);
    });

    it('commits many chunks of several runs together, and refuses only those that are late', async () => {
      const [a, b] = [await runWithChunk(stores.one), await runWithChunk(stores.one)];
      const second = await openedChunk(stores.one, a.run.id, 1);
      await stores.one.batches.claimChunk(second.id, 5000, newId());
      const { refusedChunkIds } = await stores.one.batches.recordProgress([
        progressOf(a.run, a.chunk, 1001, items(1, 10), true),
        progressOf(a.run, second, 1001, items(11, 20), true),
        progressOf(b.run, b.chunk, 1001, items(1, 5)),
      ]);
      expect(refusedChunkIds).toEqual([second.id]);
      expect(await stores.one.batches.progress(a.run.id)).toMatchObject({
        itemsSucceeded: 10,
        chunksDone: 1,
      });
      expect(await stores.one.batches.progress(b.run.id)).toMatchObject({ itemsSucceeded: 5, chunksDone: 0 });
    });

    it('records nothing when a part of it fails', async () => {
      const [a, b] = [await runWithChunk(stores.one), await runWithChunk(stores.one)];
      const broken = item(1, { attempts: null as unknown as number });
      const recording = stores.one.batches.recordProgress([
        progressOf(a.run, a.chunk, 1001, items(1, 10), true),
        progressOf(b.run, b.chunk, 1001, [broken]),
      ]);
      await expect(recording).rejects.toThrow();
      expect(await linesOf(stores.one, a.run.id)).toEqual([]);
      expect(await stores.one.batches.progress(a.run.id)).toMatchObject({ itemsSucceeded: 0, chunksDone: 0 });
      expect(await stores.one.batches.countOpenChunks(a.run.id)).toBe(1);
    });

    it('has each item once when two workers record the same chunks at the same time', async () => {
      const { run, chunk } = await runWithChunk(stores.one);
      const second = await openedChunk(stores.one, run.id, 1);
      const halves = [items(1, 6), items(4, 10), items(1, 10), items(7, 9)];
      await Promise.all(
        halves.map((half, index) =>
          (index % 2 ? stores.one : stores.other).batches.recordProgress([
            progressOf(
              run,
              index % 2 ? chunk : second,
              1001,
              half.map((one) => (index % 2 ? one : shifted(one))),
            ),
            progressOf(run, index % 2 ? second : chunk, 1001, index % 2 ? half.map(shifted) : half),
          ]),
        ),
      );
      expect(await linesOf(stores.one, run.id)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
      expect((await stores.one.batches.progress(run.id)).itemsSucceeded).toBe(20);
    });

    it('knows which lines of a range have an outcome', async () => {
      const { run, chunk } = await runWithChunk(stores.one);
      await stores.one.batches.recordProgress([progressOf(run, chunk, 1001, [item(2), item(5), item(9)])]);
      expect(await stores.one.batches.finishedLines(run.id, 2, 7)).toEqual(new Set([2, 5]));
      expect(await stores.one.batches.finishedLines(run.id, 10, 5)).toEqual(new Set());
    });

    it('lists items by line number, a page at a time, and by state', async () => {
      const { run, chunk } = await runWithChunk(stores.one);
      const outcomes = [9, 2, 7, 4, 1].map((line) =>
        item(line, { state: line % 2 ? 'succeeded' : 'failed' }),
      );
      await stores.one.batches.recordProgress([progressOf(run, chunk, 1001, outcomes)]);
      const first = await stores.one.batches.listItems(run.id, {}, { limit: 3 });
      expect(first.rows.map((row) => row.lineNumber)).toEqual([1, 2, 4]);
      expect(first.nextLine).toBe(4);
      const second = await stores.one.batches.listItems(run.id, {}, { limit: 3, afterLine: first.nextLine });
      expect(second.rows.map((row) => row.lineNumber)).toEqual([7, 9]);
      expect(second.nextLine).toBeUndefined();
      const failed = await stores.one.batches.listItems(run.id, { state: 'failed' }, { limit: 1 });
      expect(failed.rows.map((row) => row.lineNumber)).toEqual([2]);
      expect(failed.nextLine).toBe(2);
      const succeeded = await stores.one.batches.listItems(run.id, { state: 'succeeded' }, { limit: 9 });
      expect(succeeded.rows.map((row) => row.lineNumber)).toEqual([1, 7, 9]);
      expect((await stores.one.batches.listItems(newId(), {}, { limit: 9 })).rows).toEqual([]);
    });
  });
}

function shifted(outcome: ItemOutcome): ItemOutcome {
  return { ...outcome, lineNumber: outcome.lineNumber + 10 };
}
