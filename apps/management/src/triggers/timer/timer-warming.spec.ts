import { describe, expect, it } from '@jest/globals';
import type { Schedule } from '#shared/domain/schedule.js';
import type { Dispatcher } from '../../dispatch/dispatcher.js';
import { parseRecurrence } from '#shared/domain/scheduling/recurrence.js';
import type { FollowedSchedule } from './timer-schedules.js';
import { isToBeWarmed, TimerWarming } from './timer-warming.js';

const due = new Date('2026-11-24T03:00:00Z');
const before = (seconds: number): Date => new Date(due.getTime() - seconds * 1000);

describe('isToBeWarmed', () => {
  it.each([
    ['too early', 21, null, false],
    ['in time', 20, null, true],
    ['just before', 1, null, true],
    ['due', 0, null, false],
    ['over', -5, null, false],
    ['in time, and the last run was yesterday', 20, before(86_400), true],
    ['in time, and the last run was two minutes before it', 20, before(120), true],
    ['in time, but the container of the last run is still there', 20, before(119), false],
  ])('%s', (_name, seconds, lastPlannedAt, expected) => {
    expect(isToBeWarmed({ nextDueAt: due, lastPlannedAt }, before(seconds), 20)).toBe(expected);
  });

  it('is false when warming up is off, and of a schedule that was not looked at', () => {
    expect(isToBeWarmed({ nextDueAt: due, lastPlannedAt: null }, before(1), 0)).toBe(false);
    expect(isToBeWarmed({ nextDueAt: null, lastPlannedAt: null }, before(1), 20)).toBe(false);
  });
});

describe('TimerWarming', () => {
  const followed = (appVersionId: string, nextDueAt: Date, functionName = 'tick'): FollowedSchedule => ({
    schedule: { id: `schedule of ${appVersionId}`, appVersionId, functionName } as Schedule,
    recurrence: parseRecurrence('0 0 3 * * *'),
    lastPlannedAt: null,
    nextDueAt,
    isPostponed: false,
    isStarted: true,
  });

  it('sends word once for an app and a moment', async () => {
    const sent: [string, readonly string[], string][] = [];
    const dispatcher: Pick<Dispatcher, 'warmUp'> = {
      warmUp: async ({ appVersionId }, functionNames, dueAt) =>
        void sent.push([appVersionId, functionNames, dueAt.toISOString()]),
    };
    const warming = new TimerWarming({ timerWarmUpSeconds: 20 }, dispatcher as Dispatcher);
    const next = new Date(due.getTime() + 86_400_000);
    await warming.look([followed('a', due), followed('a', due, 'tock'), followed('b', next)], before(10));
    await warming.look([followed('a', due), followed('b', next)], before(9));
    await warming.look([followed('a', next)], new Date(next.getTime() - 5_000));
    expect(sent).toEqual([
      ['a', ['tick', 'tock'], due.toISOString()],
      ['a', ['tick'], next.toISOString()],
    ]);
  });
});
