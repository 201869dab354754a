import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { BatchRun } from '#shared/domain/batch.js';
import { SchedulingWorld } from '../../../../../test/support/scheduling.js';

Logger.overrideLogger(false);

const NIGHT = { start: '22:00', end: '06:00', timeZone: 'UTC' };
const SINCE = '2027-03-01T12:00:00Z';

let world: SchedulingWorld;
beforeEach(async () => {
  world = await SchedulingWorld.open();
});
afterEach(() => world.stores.dispose());

const told = (runs: readonly BatchRun[]): string[] =>
  runs.map((run) => `${run.businessDate} ${run.cause} ${run.state}`);

describe('BatchScheduler', () => {
  it('makes a run at its window start, ready to begin, with all that it goes by', async () => {
    const batch = await world.define('bills', { window: NIGHT, deadline: '05:00', priority: 7 }, SINCE);
    await world.at('2027-03-01T21:59:59Z');
    expect(await world.runs(batch)).toEqual([]);
    await world.at('2027-03-01T22:00:00Z');
    expect(await world.runs(batch)).toMatchObject([
      {
        state: 'waiting',
        cause: 'schedule',
        inputState: 'ready',
        itemsTotal: 1,
        priority: 7,
        batchVersion: 1,
        plannedAt: new Date('2027-03-01T22:00:00Z'),
        businessDate: '2027-03-01',
        windowEndsAt: new Date('2027-03-02T06:00:00Z'),
        deadlineAt: new Date('2027-03-02T05:00:00Z'),
        waitReason: null,
      },
    ]);
    expect((await world.stores.batchDefinitions.findById(batch.id))?.nextDueAt).toEqual(
      new Date('2027-03-02T22:00:00Z'),
    );
    await world.at('2027-03-01T22:00:01Z');
    expect(await world.runs(batch)).toHaveLength(1);
  });

  it('leaves the input of other functions to be made', async () => {
    const items = { function: 'item', input: { kind: 'range', from: 1, to: 3 } };
    const batch = await world.define('items', { ...items, schedule: '0 0 * * * *' }, SINCE);
    await world.at('2027-03-01T13:00:00Z');
    expect(await world.runs(batch)).toMatchObject([
      { state: 'waiting', inputState: 'wanted', windowEndsAt: null, businessDate: '2027-03-01' },
    ]);
  });

  it('fires nothing while a batch is paused, and catches nothing of it up', async () => {
    const batch = await world.define('bills', { schedule: '0 0 * * * *' }, SINCE);
    const key = { appId: batch.appId, name: 'bills' };
    await world.stores.batchDefinitions.pause(key, 'Ben', 'The ERP is down.');
    await world.at('2027-03-01T15:00:00Z');
    expect(await world.runs(batch)).toEqual([]);
    await world.stores.batchDefinitions.resume(key);
    world.change(
      'UPDATE batches SET active_since = ?, next_due_at = ?',
      Date.parse('2027-03-01T15:30:00Z'),
      0,
    );
    await world.at('2027-03-01T16:00:00Z');
    expect((await world.runs(batch)).map(({ plannedAt }) => plannedAt)).toEqual([
      new Date('2027-03-01T16:00:00Z'),
    ]);
  });

  it('does not run on days that the calendar does not want', async () => {
    await world.stores.calendars.put({
      name: 'de',
      changedBy: 'Ann',
      calendar: {
        timeZone: 'UTC',
        businessDays: ['mon', 'tue', 'wed', 'thu', 'fri'],
        holidays: [{ date: '2027-03-02', name: 'A day off' }],
        exclusions: [],
        additions: [],
        dayStartsAt: '00:00',
      },
    });
    const batch = await world.define('bills', { window: NIGHT, calendar: 'de' }, SINCE);
    for (const day of ['01', '02', '03', '04', '05', '06', '07', '08']) {
      await world.at(`2027-03-${day}T22:00:00Z`);
      for (const run of await world.runs(batch)) if (run.state === 'waiting') await world.finish(run);
    }
    expect((await world.runs(batch)).map(({ businessDate }) => businessDate?.slice(8))).toEqual([
      '01',
      '03',
      '04',
      '05',
      '08',
    ]);
  });

  describe('while the last run goes on', () => {
    const hours = async (overlap: string, count: number) => {
      const batch = await world.define('hourly', { schedule: '0 0 * * * *', overlap }, SINCE);
      await world.at('2027-03-01T13:00:00Z');
      const [first] = await world.runs(batch);
      await world.begin(first as BatchRun);
      for (let hour = 14; hour < 14 + count; hour += 1) await world.at(`2027-03-01T${hour}:00:00Z`);
      return batch;
    };
    const states = async (batch: Parameters<SchedulingWorld['runs']>[0]) =>
      (await world.runs(batch)).map(({ state }) => state);
    /** What a worker does with its chunk when its run is terminated, or cancelled and done. */
    const endFirst = async (batch: Parameters<SchedulingWorld['runs']>[0]): Promise<void> => {
      const [first] = await world.runs(batch);
      await world.stores.batches.failRun(first?.id ?? '', { source: 'platform', type: 'T', message: 'm' });
    };

    it('skip: leaves occurrences out, and says why', async () => {
      const batch = await hours('skip', 2);
      expect(await states(batch)).toEqual(['running']);
      expect(await world.skipped(batch)).toEqual([
        '2027-03-01T14:00 Another run of the batch had not ended (overlap policy).',
        '2027-03-01T15:00 Another run of the batch had not ended (overlap policy).',
      ]);
    });

    it('bufferOne: keeps one, which begins afterwards', async () => {
      const batch = await hours('bufferOne', 2);
      expect(await states(batch)).toEqual(['running', 'scheduled']);
      expect((await world.runs(batch))[1]?.waitReason).toEqual({
        code: 'OVERLAP',
        message: expect.stringMatching(/^It waits until the run .* of the same batch has ended/),
      });
      await endFirst(batch);
      await world.at('2027-03-01T15:00:10Z');
      expect(await states(batch)).toEqual(['failed', 'waiting']);
      expect((await world.runs(batch))[1]?.waitReason).toBeNull();
    });

    it('bufferAll: keeps all, which begin one after the other', async () => {
      const batch = await hours('bufferAll', 2);
      expect(await states(batch)).toEqual(['running', 'scheduled', 'scheduled']);
      await endFirst(batch);
      await world.at('2027-03-01T15:00:10Z');
      await world.at('2027-03-01T15:00:11Z');
      expect(await states(batch)).toEqual(['failed', 'waiting', 'scheduled']);
      await world.finish((await world.runs(batch))[1] as BatchRun);
      await world.at('2027-03-01T15:00:12Z');
      expect(await states(batch)).toEqual(['failed', 'succeeded', 'waiting']);
    });

    it('cancelOther: cancels it, and the newest begins once it has ended', async () => {
      const batch = await hours('cancelOther', 2);
      expect(await states(batch)).toEqual(['cancelling', 'cancelled', 'scheduled']);
      expect((await world.runs(batch))[1]?.failure).toMatchObject({ type: 'Replaced' });
      await endFirst(batch);
      await world.at('2027-03-01T15:00:10Z');
      expect(await states(batch)).toEqual(['failed', 'cancelled', 'waiting']);
    });

    it('terminateOther: terminates it, and the new one begins at once', async () => {
      const batch = await hours('terminateOther', 1);
      expect(await states(batch)).toEqual(['cancelling', 'waiting']);
      expect((await world.runs(batch))[0]?.terminatedAt).not.toBeNull();
    });

    it('allowAll: runs them beside each other', async () => {
      const batch = await hours('allowAll', 2);
      expect(await states(batch)).toEqual(['running', 'waiting', 'waiting']);
    });
  });

  describe('with dependencies', () => {
    const chain = async () => {
      const first = await world.define('import', { window: NIGHT }, SINCE);
      const dependsOn = [{ batch: 'import', when: 'succeeded' }];
      return { first, second: await world.define('report', { window: NIGHT, dependsOn }, SINCE) };
    };

    it('waits for the success of the same business day', async () => {
      const { first, second } = await chain();
      await world.at('2027-03-01T22:00:00Z');
      expect((await world.runs(second))[0]).toMatchObject({
        state: 'scheduled',
        waitReason: {
          code: 'DEPENDENCY',
          message: expect.stringMatching(/^It waits for the success of shop\/import on 2027-03-01: the run/),
        },
      });
      await world.finish((await world.runs(first))[0] as BatchRun);
      await world.at('2027-03-01T23:00:00Z');
      expect(told(await world.runs(second))).toEqual(['2027-03-01 schedule waiting']);
    });

    it('is not run when that fails', async () => {
      const { first, second } = await chain();
      await world.at('2027-03-01T22:00:00Z');
      await world.finish((await world.runs(first))[0] as BatchRun, 'failed');
      await world.at('2027-03-01T23:00:00Z');
      expect((await world.runs(second))[0]).toMatchObject({
        state: 'failed',
        failure: {
          type: 'DependencyNotMet',
          message: expect.stringMatching(/did not succeed on 2027-03-01/),
        },
      });
    });
  });

  it('says why an occurrence could not be run', async () => {
    const batch = await world.define('gone', { function: 'removed', schedule: '0 0 * * * *' }, SINCE);
    await world.at('2027-03-01T13:00:00Z');
    expect(await world.runs(batch)).toEqual([]);
    expect(await world.skipped(batch)).toEqual([
      expect.stringMatching(/^2027-03-01T13:00 It could not be run\. .*removed/),
    ]);
  });
});
