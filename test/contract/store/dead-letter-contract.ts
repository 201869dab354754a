import { describe, expect, it } from '@jest/globals';
import type { ItemOutcome } from '#shared/domain/batch.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import type { NewBatchRun } from '#shared/store/batch-store.js';
import type { Stores } from '#shared/store/kysely/open-stores.js';
import type { StoresUnderTest } from './database-under-test.js';
import { activeApp, item, newRun, openedChunk, SAMPLE_TIME } from './samples.js';

const ALL = { kind: 'all' } as const;
const PAGE = { limit: 100, afterLine: 0 };

function failed(lineNumber: number, message: string, more: Partial<ItemOutcome> = {}): ItemOutcome {
  const failure = { source: 'function', type: 'Error', message } as const;
  return item(lineNumber, { state: 'failed', output: undefined, failure, ...more });
}

/** Ten items: 1 to 3 failed as their id is unknown, 4 and 5 as they are closed, 6 was cancelled, the others succeeded. */
function mixed(): ItemOutcome[] {
  return [
    ...[1, 2, 3].map((line) => failed(line, `Order ${line} is unknown`)),
    ...[4, 5].map((line) =>
      failed(line, `Order ${line} is closed`, { startedAt: new Date(SAMPLE_TIME.getTime() + line) }),
    ),
    item(6, { state: 'cancelled', output: undefined }),
    ...[7, 8, 9, 10].map((line) => item(line)),
  ];
}

async function finished(
  stores: Stores,
  order: NewBatchRun | string,
  outcomes: readonly ItemOutcome[],
  done = true,
): Promise<string> {
  const runId = typeof order === 'string' ? order : (await stores.batches.createRun(order)).run.id;
  const chunk = await openedChunk(stores, runId, 0);
  const progress = { chunkId: chunk.id, runId, fence: 1001, machineId: newId(), done };
  await stores.batches.recordProgress([{ ...progress, items: outcomes }]);
  await stores.batches.endRunIfDue(runId);
  return runId;
}

function childOf(app: AppVersion, parentRunId: string, more: Partial<NewBatchRun> = {}) {
  return { ...newRun(app, 1), cause: 'replay' as const, ...more, parentRunId };
}

/** Dead letters and their groups, sentence by sentence of the ports' documentation. */
export function describeDeadLetters(stores: StoresUnderTest): void {
  describe('DeadLetterStore', () => {
    it('counts failures in groups, the largest first, with samples', async () => {
      const runId = await finished(stores.one, newRun(await activeApp(stores.one), 1), mixed());
      const { rows, next } = await stores.other.deadLetters.listGroups(runId, { limit: 10 });
      expect(next).toBeUndefined();
      expect(rows).toEqual([
        {
          fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
          type: 'Error',
          message: 'Order 1 is unknown',
          items: 3,
          runs: 1,
          firstSeenAt: SAMPLE_TIME,
          lastSeenAt: SAMPLE_TIME,
          sampleLines: [1, 2, 3],
          sampleRunId: runId,
        },
        {
          fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
          type: 'Error',
          message: 'Order 4 is closed',
          items: 2,
          runs: 1,
          firstSeenAt: new Date(SAMPLE_TIME.getTime() + 4),
          lastSeenAt: new Date(SAMPLE_TIME.getTime() + 5),
          sampleLines: [4, 5],
          sampleRunId: runId,
        },
      ]);
      expect((await stores.one.deadLetters.listGroups(newId(), { limit: 10 })).rows).toEqual([]);
    });

    it('gives groups a page at a time', async () => {
      const words = ['alpha', 'beta', 'gamma', 'delta', 'delta'];
      const outcomes = words.map((word, index) => failed(index + 1, `It is ${word}`));
      const runId = await finished(stores.one, newRun(await activeApp(stores.one), 1), outcomes);
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await stores.one.deadLetters.listGroups(runId, { limit: 1, after });
        seen.push(...page.rows.map(({ message }) => message));
        after = page.next;
      } while (after !== undefined);
      expect(seen[0]).toBe('It is delta');
      expect(seen.toSorted()).toEqual(['It is alpha', 'It is beta', 'It is delta', 'It is gamma']);
      const wrong = stores.one.deadLetters.listGroups(runId, { limit: 1, after: 'x' });
      await expect(wrong).rejects.toThrow(InvalidInputError);
    });

    it('counts the groups of a batch over its newest runs', async () => {
      const app = await activeApp(stores.one);
      await finished(stores.one, newRun(app, 1), mixed());
      const second = await finished(stores.one, newRun(app, 1), mixed());
      const third = await finished(stores.one, newRun(app, 1), [failed(1, 'Order 9 is unknown')]);
      const batchId = (await stores.one.batches.findRun(second))?.batchId ?? '';
      const groupsOf = async (newest: number): Promise<unknown[]> =>
        (await stores.one.deadLetters.listGroupsOfBatch(batchId, newest, { limit: 10 })).rows.map((row) => [
          row.items,
          row.runs,
          row.sampleRunId,
        ]);
      expect(await groupsOf(100)).toEqual([
        [7, 3, third],
        [4, 2, second],
      ]);
      expect(await groupsOf(1)).toEqual([[1, 1, third]]);
    });

    it('lists the items of a group, with what went wrong before', async () => {
      const earlierFailures = [
        { attempt: 1, startedAt: SAMPLE_TIME, durationMs: 2, type: 'TimeoutError', message: 'late' },
      ];
      const outcomes = mixed().map((one) => (one.lineNumber === 5 ? { ...one, earlierFailures } : one));
      const runId = await finished(stores.one, newRun(await activeApp(stores.one), 1), outcomes);
      const [, closed] = (await stores.one.deadLetters.listGroups(runId, { limit: 10 })).rows;
      const { rows } = await stores.one.batches.listItems(
        runId,
        { group: closed?.fingerprint ?? '' },
        { limit: 10 },
      );
      expect(rows.map(({ lineNumber, fingerprint }) => [lineNumber, fingerprint])).toEqual([
        [4, closed?.fingerprint],
        [5, closed?.fingerprint],
      ]);
      expect(rows[1]?.earlierFailures).toEqual(earlierFailures);
    });

    it('offers dead letters for replay: all, a group, or lines', async () => {
      const runId = await finished(stores.one, newRun(await activeApp(stores.one), 1), mixed());
      const [unknown] = (await stores.one.deadLetters.listGroups(runId, { limit: 10 })).rows;
      const group = { kind: 'group', group: unknown?.fingerprint ?? '' } as const;
      const linesOf = (selection: Parameters<typeof stores.one.deadLetters.replayableLines>[1]) =>
        stores.one.deadLetters.replayableLines(runId, selection, false, PAGE);
      expect(await linesOf(ALL)).toEqual([1, 2, 3, 4, 5]);
      expect(await linesOf(group)).toEqual([1, 2, 3]);
      expect(await linesOf({ kind: 'lines', lines: [5, 2, 6, 7, 99] })).toEqual([2, 5]);
      const second = await stores.one.deadLetters.replayableLines(runId, ALL, false, {
        limit: 2,
        afterLine: 2,
      });
      expect(second).toEqual([3, 4]);
      expect(await stores.one.deadLetters.unhealedLines(runId, PAGE)).toEqual([1, 2, 3, 4, 5, 6]);
    });

    it('gives an item to one replay at a time, and counts it as healed once that succeeded', async () => {
      const app = await activeApp(stores.one);
      const runId = await finished(stores.one, newRun(app, 1), mixed());
      const child = childOf(app, runId);
      const made = await stores.one.deadLetters.createChild(child, [1, 2, 4], false);
      expect(made).toMatchObject({ isNew: true, run: { id: child.id, cause: 'replay', parentRunId: runId } });
      expect(await stores.other.deadLetters.counts(runId)).toEqual({
        deadLetters: 5,
        replaying: 3,
        healed: 0,
      });
      expect(await stores.other.deadLetters.replayableLines(runId, ALL, true, PAGE)).toEqual([3, 5]);
      expect(await stores.other.deadLetters.createChild(childOf(app, runId), [4, 5], true)).toBeNull();
      const { rows } = await stores.one.batches.listItems(runId, { state: 'failed' }, { limit: 10 });
      expect(rows.map(({ replayedBy }) => replayedBy)).toEqual([
        child.id,
        child.id,
        undefined,
        child.id,
        undefined,
      ]);

      await finished(stores.one, child.id, [item(1), item(2), failed(4, 'still closed')], false);
      // It goes on, and what has succeeded there is healed already.
      expect(await stores.one.deadLetters.counts(runId)).toEqual({ deadLetters: 5, replaying: 1, healed: 2 });
      await stores.one.batches.failRun(child.id, { source: 'platform', type: 'Gone', message: '' });
      expect(await stores.one.deadLetters.counts(runId)).toEqual({ deadLetters: 5, replaying: 0, healed: 2 });
      expect(await stores.one.deadLetters.replayableLines(runId, ALL, false, PAGE)).toEqual([3, 4, 5]);
      expect(await stores.one.deadLetters.replayableLines(runId, ALL, true, PAGE)).toEqual([1, 2, 3, 4, 5]);
      expect(await stores.one.deadLetters.unhealedLines(runId, PAGE)).toEqual([3, 4, 5, 6]);
      expect(await stores.one.deadLetters.createChild(childOf(app, runId), [1], false)).toBeNull();
      expect(await stores.one.deadLetters.createChild(childOf(app, runId), [1], true)).not.toBeNull();
    });

    it('writes nothing of a replay that it refuses', async () => {
      const app = await activeApp(stores.one);
      const runId = await finished(stores.one, newRun(app, 1), mixed());
      const child = childOf(app, runId);
      expect(await stores.one.deadLetters.createChild(child, [1, 7], false)).toBeNull();
      expect(await stores.one.batches.findRun(child.id)).toBeNull();
      expect(await stores.one.deadLetters.counts(runId)).toMatchObject({ replaying: 0 });
      expect(await stores.one.deadLetters.replayableLines(runId, ALL, false, PAGE)).toEqual([1, 2, 3, 4, 5]);
    });

    it('makes one replay of those that come at the same time for the same items', async () => {
      const app = await activeApp(stores.one);
      const runId = await finished(stores.one, newRun(app, 1), mixed());
      const made = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          (index % 2 ? stores.one : stores.other).deadLetters.createChild(childOf(app, runId), [1, 2], false),
        ),
      );
      expect(made.filter((one) => one !== null)).toHaveLength(1);
    });

    it('makes one replay of a key, and finds it by the key', async () => {
      const app = await activeApp(stores.one);
      const runId = await finished(stores.one, newRun(app, 1), mixed());
      const made = [
        await stores.one.deadLetters.createChild(
          childOf(app, runId, { idempotencyKey: 'again' }),
          [1],
          false,
        ),
        await stores.one.deadLetters.createChild(
          childOf(app, runId, { idempotencyKey: 'again' }),
          [2],
          false,
        ),
      ];
      expect(made.map((one) => one?.isNew)).toEqual([true, false]);
      expect(made[1]?.run.id).toBe(made[0]?.run.id);
      expect((await stores.other.deadLetters.findByKey(app.appId, 'again'))?.id).toBe(made[0]?.run.id);
      expect(await stores.other.deadLetters.findByKey(app.appId, 'never')).toBeNull();
      expect(await stores.one.deadLetters.counts(runId)).toMatchObject({ replaying: 1 });
    });

    it('heals the items of a whole family: a replay of a replay counts for the first run too', async () => {
      const app = await activeApp(stores.one);
      const runId = await finished(stores.one, newRun(app, 1, { itemsTotal: 10 }), mixed());
      const child = childOf(app, runId, { itemsTotal: 2 });
      await stores.one.deadLetters.createChild(child, [1, 2], false);
      await finished(stores.one, child.id, [failed(1, 'no'), item(2)]);
      const grandchild = childOf(app, child.id, { itemsTotal: 1 });
      await stores.one.deadLetters.createChild(grandchild, [1], false);
      expect(await stores.one.deadLetters.replayableLines(runId, ALL, false, PAGE)).toEqual([3, 4, 5]);
      await finished(stores.one, grandchild.id, [item(1)]);
      expect(await stores.one.deadLetters.counts(child.id)).toEqual({
        deadLetters: 1,
        replaying: 0,
        healed: 1,
      });
      // Line 2 was in other hands than line 1: it is healed by the child.
      expect(await stores.one.deadLetters.counts(runId)).toEqual({ deadLetters: 5, replaying: 0, healed: 2 });
      const family = await stores.other.deadLetters.listFamily(runId);
      expect(family.map(({ id }) => id)).toEqual([runId, child.id, grandchild.id]);
      const children = await stores.other.deadLetters.listChildren(runId);
      expect(children.map(({ id }) => id)).toEqual([child.id]);
      const succeeded = await stores.other.deadLetters.succeededLines([runId, child.id, grandchild.id], 1, 8);
      expect([...succeeded].toSorted((a, b) => a - b)).toEqual([1, 2, 7, 8]);
    });
  });

  describe('BatchStore, runs that are stopped', () => {
    it('ends one that is stopped for its failures as failed, once what had begun has ended', async () => {
      const app = await activeApp(stores.one);
      const { run } = await stores.one.batches.createRun(newRun(app, 2));
      const claimed = await openedChunk(stores.one, run.id, 0);
      const machineId = newId();
      await stores.one.batches.claimChunk(claimed.id, 1001, machineId);
      const failure = { source: 'function', type: 'TooManyFailures', message: 'Too many.' } as const;
      expect(await stores.one.batches.stopRun(run.id, failure)).toBe(true);
      expect(await stores.other.batches.stopRun(run.id, failure)).toBe(false);
      expect(await stores.one.batches.findRun(run.id)).toMatchObject({ state: 'cancelling', failure });
      const progress = { chunkId: claimed.id, runId: run.id, fence: 1001, machineId, done: true };
      await stores.one.batches.recordProgress([{ ...progress, items: [failed(1, 'no')] }]);
      expect(await stores.one.batches.endRunIfDue(run.id)).toMatchObject({
        state: 'failed',
        failure,
        endedAt: expect.any(Date),
      });
      expect(await stores.one.batches.stopRun(run.id, failure)).toBe(false);
    });

    it('knows which runs are being terminated', async () => {
      const app = await activeApp(stores.one);
      const [one, two] = [newRun(app, 1), newRun(app, 1)];
      for (const order of [one, two]) await stores.one.batches.createRun(order);
      expect(await stores.one.batches.terminateRun(one.id)).toBe(true);
      expect(await stores.other.batches.terminatedRuns([one.id, two.id])).toEqual([one.id]);
      expect(await stores.other.batches.terminatedRuns([])).toEqual([]);
      expect(await stores.one.batches.findRun(one.id)).toMatchObject({
        state: 'cancelling',
        terminatedAt: expect.any(Date),
      });
      expect(await stores.one.batches.endRunIfDue(one.id)).toMatchObject({ state: 'cancelled' });
      expect(await stores.one.batches.terminateRun(one.id)).toBe(false);
    });
  });

  describe('BatchEventStore', () => {
    it('tells whoever is first, once for each occurrence', async () => {
      const runId = newId();
      const warning = { runId, kind: 'failuresWarning', details: { itemsFailed: 5 } } as const;
      const told = await Promise.all(
        [stores.one, stores.other, stores.one].map((each) => each.batchEvents.record(warning)),
      );
      expect(told.filter(Boolean)).toHaveLength(1);
      expect(await stores.one.batchEvents.record({ ...warning, occurrence: 'second' })).toBe(true);
      expect(await stores.one.batchEvents.record({ ...warning, runId: newId() })).toBe(true);
      expect(await stores.other.batchEvents.listOfRun(runId)).toEqual([
        { id: expect.any(String), ...warning, happenedAt: expect.any(Date) },
        { id: expect.any(String), ...warning, happenedAt: expect.any(Date) },
      ]);
    });
  });
}
