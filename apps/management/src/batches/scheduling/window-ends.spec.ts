import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { BatchRun } from '#shared/domain/batch.js';
import type { DefinedBatch } from '#shared/domain/defined-batch.js';
import { SchedulingWorld } from '../../../../../test/support/scheduling.js';
import { carriedPriority, decideWindowEnd, endOfWhole } from './window-end-decision.js';

Logger.overrideLogger(false);

const ENDS = new Date('2027-03-02T06:00:00Z');
const facts = (
  state: BatchRun['state'],
  secondsLeft: number,
  openChunks = 0,
  meanItemMs: number | null = null,
) =>
  decideWindowEnd({
    state,
    windowEndsAt: ENDS,
    now: new Date(ENDS.getTime() - secondsLeft * 1000),
    openChunks,
    meanItemMs,
  });

describe('decideWindowEnd', () => {
  it.each([
    ['running', 10, 'none'],
    ['running', 1, 'drain'],
    ['waiting', 0, 'drain'],
    ['scheduled', 1, 'none'],
    ['scheduled', 0, 'settle'],
    ['cancelling', -100, 'none'],
    ['draining', 10, 'settle'],
  ] as const)('%s, %s s before the end: %s', (state, left, action) => {
    expect(facts(state, left)).toBe(action);
  });

  it('drains when an item more would not fit, at most five minutes before', () => {
    expect(facts('running', 31, 2, 30_000)).toBe('none');
    expect(facts('running', 30, 2, 30_000)).toBe('drain');
    expect(facts('running', 301, 2, 3_600_000)).toBe('none');
    expect(facts('running', 300, 2, 3_600_000)).toBe('drain');
  });

  it('waits for what comes back, but not for ever', () => {
    expect(facts('draining', 1, 1)).toBe('none');
    expect(facts('draining', -59, 1)).toBe('none');
    expect(facts('draining', -60, 1)).toBe('close');
  });

  it('knows how a run ends', () => {
    const items = { total: 3, succeeded: 3, failed: 0, cancelled: 0 };
    expect(endOfWhole(items, true)).toBe('succeeded');
    expect(endOfWhole(items, false)).toBeNull();
    expect(endOfWhole({ ...items, succeeded: 2 }, true)).toBeNull();
    expect(endOfWhole({ ...items, succeeded: 1, failed: 1, cancelled: 1 }, true)).toBe(
      'completedWithFailures',
    );
  });

  it('raises the priority of what is late, within its limit', () => {
    expect(carriedPriority(5, false)).toBe(5);
    expect(carriedPriority(5, true)).toBe(15);
    expect(carriedPriority(95, true)).toBe(100);
  });
});

describe("a window's end", () => {
  const NIGHT = { start: '22:00', end: '06:00', timeZone: 'UTC' };
  const SINCE = '2027-03-01T12:00:00Z';
  const EVENING = { schedule: '0 0 22 * * *', window: NIGHT };
  let world: SchedulingWorld;
  beforeEach(async () => {
    world = await SchedulingWorld.open();
  });
  afterEach(() => world.stores.dispose());

  /** Begins the run of the first night, of whose three items some are done. */
  async function begunWith(
    definition: object,
    done: readonly number[],
    isBack = true,
  ): Promise<DefinedBatch> {
    const batch = await world.define('bills', { ...EVENING, ...definition }, SINCE);
    await world.at('2027-03-01T22:00:00Z');
    const [run] = await world.runs(batch);
    const chunkId = await world.begin(run as BatchRun);
    const items = done.map((lineNumber) => ({
      lineNumber,
      state: 'succeeded' as const,
      attempts: 1,
      startedAt: new Date(),
      durationMs: 1,
    }));
    const progress = { chunkId, runId: run?.id ?? '', fence: 1001, machineId: 'machine', items, done: false };
    await world.stores.batches.recordProgress([progress]);
    await world.at('2027-03-02T05:59:59Z');
    expect((await world.runs(batch))[0]?.state).toBe('draining');
    // The worker gives its chunk back, and the next one is told that nothing more begins.
    if (isBack) expect(await world.stores.batches.claimChunk(chunkId, 1002, 'machine')).toBe(false);
    return batch;
  }

  it('carries over the items without an outcome, at their lines, into the next window', async () => {
    const batch = await begunWith({ deadline: '05:00', priority: 5 }, [2]);
    await world.at('2027-03-02T06:00:00Z');
    const [run, next] = await world.runs(batch);
    expect(run).toMatchObject({ state: 'carriedOver', endedAt: expect.any(Date) });
    expect(next).toMatchObject({
      state: 'scheduled',
      cause: 'carryOver',
      parentRunId: run?.id,
      businessDate: '2027-03-01',
      plannedAt: run?.plannedAt,
      notBefore: new Date('2027-03-02T22:00:00Z'),
      windowEndsAt: new Date('2027-03-03T06:00:00Z'),
      deadlineAt: new Date('2027-03-03T05:00:00Z'),
      itemsTotal: 2,
      inputState: 'ready',
      // It was late already.
      priority: 15,
      waitReason: { code: 'WINDOW', message: expect.stringContaining('2027-03-02T22:00:00.000Z') },
    });
    expect(await text(await world.stores.blobs.open(next?.inputDigest ?? ''))).toBe('1\n\n3\n');
    // With the policy skip, the night's own run is left out while the last one goes on.
    await world.at('2027-03-02T22:00:00Z');
    expect((await world.runs(batch)).map(({ state }) => state)).toEqual(['carriedOver', 'waiting']);
  });

  it('gives up at last what a machine that is cut off has, and carries that over too', async () => {
    const batch = await begunWith({}, [2], false);
    await world.at('2027-03-02T06:00:59Z');
    expect((await world.runs(batch)).map(({ state }) => state)).toEqual(['draining']);
    await world.at('2027-03-02T06:01:00Z');
    expect((await world.runs(batch)).map(({ state, itemsTotal }) => [state, itemsTotal])).toEqual([
      ['carriedOver', 3],
      ['scheduled', 2],
    ]);
  });

  it('ends as it would have where nothing is left', async () => {
    const batch = await begunWith({}, [1, 2, 3]);
    await world.at('2027-03-02T06:00:00Z');
    expect((await world.runs(batch)).map(({ state }) => state)).toEqual(['succeeded']);
  });

  it.each([
    [[2], 'cancelled', '2 of 3'],
    [[], 'cancelled', '3 of 3'],
  ] as const)('ends without carryOver, and says what is left: %j', async (done, state, left) => {
    const batch = await begunWith({ carryOver: false }, done);
    await world.at('2027-03-02T06:00:00Z');
    expect(await world.runs(batch)).toMatchObject([
      { state, failure: { type: 'WindowOver', message: expect.stringContaining(`${left} items left`) } },
    ]);
  });

  it('carries over what never began, whole', async () => {
    const batch = await world.define('bills', { ...EVENING, misfire: 'runAll' }, SINCE);
    await world.at('2027-03-01T22:00:00Z');
    await world.at('2027-03-02T06:00:00Z');
    await world.at('2027-03-02T06:00:01Z');
    expect(await world.runs(batch)).toMatchObject([
      { state: 'carriedOver' },
      { state: 'scheduled', cause: 'carryOver', inputState: 'wanted', itemsTotal: 0 },
    ]);
  });

  describe('of a run that waits for another batch', () => {
    const waiting = async (): Promise<DefinedBatch> => {
      await world.define('import', {}, SINCE);
      const dependsOn = [{ batch: 'import', when: 'succeeded' }];
      const batch = await world.define('report', { window: NIGHT, dependsOn }, SINCE);
      await world.at('2027-03-01T22:00:00Z');
      return batch;
    };

    it('ends it when there was no run of that', async () => {
      const batch = await waiting();
      await world.at('2027-03-02T06:00:00Z');
      expect(await world.runs(batch)).toMatchObject([
        {
          state: 'failed',
          failure: { type: 'DependencyNotMet', message: expect.stringContaining('Its window is over.') },
        },
      ]);
    });
  });

  describe('of batches without times of their own', () => {
    const SECOND = { dependsOn: [{ batch: 'first', when: 'succeeded' }] };
    const first = async (definition: object = {}) =>
      world.define('first', { window: NIGHT, ...definition }, SINCE);

    it('begins them once a day, when what they depend on has come about', async () => {
      const batch = await first();
      const second = await world.define('second', SECOND, SINCE);
      await world.at('2027-03-01T22:00:00Z');
      expect(await world.runs(second)).toEqual([]);
      await world.finish((await world.runs(batch))[0] as BatchRun);
      await world.at('2027-03-01T23:00:00Z');
      await world.at('2027-03-01T23:00:01Z');
      expect(await world.runs(second)).toMatchObject([
        { cause: 'dependency', state: 'waiting', businessDate: '2027-03-01' },
      ]);
    });

    it('begins nothing when it has not, or the batch is paused', async () => {
      const batch = await first();
      const second = await world.define('second', SECOND, SINCE);
      await world.at('2027-03-01T22:00:00Z');
      await world.finish((await world.runs(batch))[0] as BatchRun, 'failed');
      await world.at('2027-03-01T23:00:00Z');
      expect(await world.runs(second)).toEqual([]);
      await world.stores.batchDefinitions.pause({ appId: second.appId, name: 'second' }, 'Ben', '');
      await world.at('2027-03-02T22:00:00Z');
      await world.finish((await world.runs(batch))[1] as BatchRun);
      await world.at('2027-03-02T23:00:00Z');
      expect(await world.runs(second)).toEqual([]);
    });

    it('pauses a batch whose run failed, if it is to, and says which', async () => {
      const batch = await first({ pauseOnFailure: true });
      await world.at('2027-03-01T22:00:00Z');
      const [run] = await world.runs(batch);
      await world.finish(run as BatchRun, 'failed');
      await world.at('2027-03-01T23:00:00Z');
      expect((await world.stores.batchDefinitions.findById(batch.id))?.pause).toMatchObject({
        by: 'nightjar',
        note: `The run ${run?.id} ended as completedWithFailures (pauseOnFailure).`,
      });
    });
  });
});
