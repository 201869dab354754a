import { describe, expect, it } from '@jest/globals';
import { parseBatchDefinition } from '#shared/contracts/batch-definition/parse-definition.js';
import type { BatchDefinition } from '#shared/domain/batch-definition.js';
import type { CalendarStore } from '#shared/store/calendar-store.js';
import type { Store } from '#shared/store/store.js';
import { PlannedTimes } from './planned-times.js';

const CALENDAR = { timeZone: 'Pacific/Apia', dayStartsAt: '06:00' };

/** What the times say at a moment. */
function timesAt(now: string): PlannedTimes {
  const calendars = { find: () => Promise.resolve({ calendar: CALENDAR }) } as unknown as CalendarStore;
  const store = { now: () => Promise.resolve(new Date(now)) } as unknown as Store;
  return new PlannedTimes(calendars, store);
}

const batch = (more: object): BatchDefinition =>
  parseBatchDefinition({
    name: 'b',
    app: 'a',
    function: 'f',
    input: { kind: 'range', from: 1, to: 2 },
    ...more,
  });

describe('the business date of a run by hand', () => {
  const night = (timeZone: string): object => ({ window: { start: '22:00', end: '06:00', timeZone } });
  it.each<[string, object, string, string]>([
    ['of nothing but items, by UTC', {}, '2026-11-30T23:59:00Z', '2026-11-30'],
    ['of a zone', { deadline: '06:00', timeZone: 'Asia/Kathmandu' }, '2026-11-30T18:15:00Z', '2026-12-01'],
    ['within a window, where that began', night('Europe/Berlin'), '2026-12-01T03:00:00Z', '2026-11-30'],
    ['outside a window, its own', night('Europe/Berlin'), '2026-12-01T06:00:00Z', '2026-12-01'],
    ['of an odd offset', night('Australia/Lord_Howe'), '2026-11-30T18:59:00Z', '2026-11-30'],
    [
      'of a calendar whose days begin later',
      { schedule: '0 0 1 * * *', calendar: 'c' },
      '2026-11-30T16:59:00Z',
      '2026-11-30',
    ],
  ])('is %s', async (_what, more, now, expected) => {
    expect(await timesAt(now).businessDateOf(batch(more))).toBe(expected);
  });
});

describe('times that must have a moment in common', () => {
  const outside = batch({
    schedule: '1.00:00:00',
    window: { start: '22:00', end: '06:00', timeZone: 'UTC' },
  });

  it('are counted from when they are written', async () => {
    await expect(timesAt('2026-11-30T23:00:00Z').mustCome(outside, undefined)).resolves.toBeUndefined();
    await expect(timesAt('2026-11-30T12:00:00Z').mustCome(outside, undefined)).rejects.toMatchObject({
      details: [expect.stringMatching(/^schedule "1\.00:00:00" and window "22:00" to "06:00": /)],
    });
  });

  it('are not looked at again while they stay', async () => {
    const changed = { ...outside, priority: 5 };
    await expect(timesAt('2026-11-30T12:00:00Z').mustCome(changed, outside)).resolves.toBeUndefined();
  });
});
