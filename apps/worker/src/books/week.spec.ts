import { describe, expect, it } from '@jest/globals';
import {
  dayName,
  emptyWeek,
  noteSpan,
  noteWait,
  noteWork,
  summaryOf,
  weekSchema,
  type Week,
} from './week.js';
import type { MeteredWork } from './work-meter.js';

const noon = (day: number): Date => new Date(2026, 10, day, 12);
const work = (more: Partial<MeteredWork> = {}): MeteredWork => ({
  hour: new Date(0),
  appId: 'app',
  appName: 'shop',
  functionName: 'order',
  runId: '',
  reason: '',
  usedMs: 1000,
  badputMs: 0,
  evictions: 0,
  calls: 1,
  ...more,
});
const wait = (milliseconds: number) =>
  ({ at: noon(20), action: 'suspend', reason: 'USER_ACTIVE', milliseconds }) as const;
const hour = { seconds: 3600, isOffered: true, cores: 8, busyCores: 2 };

describe('the week of a machine', () => {
  it('knows nothing at first', () => {
    expect(summaryOf(emptyWeek(), noon(20))).toBeNull();
  });

  it('adds up what was offered and used', () => {
    const week = emptyWeek();
    noteSpan(week, noon(19), hour);
    noteSpan(week, noon(20), hour);
    noteSpan(week, noon(20), { ...hour, isOffered: false, busyCores: null });
    noteSpan(week, noon(20), { ...hour, isOffered: false, busyCores: 99 });
    expect(summaryOf(week, noon(20))).toMatchObject({
      since: '2026-11-19',
      offeredHours: 2,
      offeredCoreHours: 16,
      usedCoreHours: 2 + 2 + 8,
    });
  });

  it('says what ran, the most first, and how often it was sent away', () => {
    const week = emptyWeek();
    noteWork(week, noon(19), [work(), work({ functionName: 'bill', usedMs: 5000 })]);
    noteWork(week, noon(20), [work(), work({ usedMs: 0, calls: 0, badputMs: 700, evictions: 2 })]);
    expect(summaryOf(week, noon(20))).toMatchObject({
      work: [
        { name: 'shop/bill', usedMs: 5000, calls: 1 },
        { name: 'shop/order', usedMs: 2000, badputMs: 700, evictions: 2, calls: 2 },
      ],
      evictions: 2,
      lostSeconds: 0.7,
    });
  });

  it('says how long its owner waited', () => {
    const week = emptyWeek();
    for (let index = 1; index <= 20; index++)
      noteWait(week, noon(14 + Math.floor((index - 1) / 3)), wait(index * 100));
    expect(summaryOf(week, noon(20))).toMatchObject({
      waits: { count: 20, p95Ms: 1900, maxMs: 2000 },
      lastWait: { milliseconds: 2000, action: 'suspend', reason: 'USER_ACTIVE' },
    });
    const none = emptyWeek();
    noteSpan(none, noon(20), hour);
    expect(summaryOf(none, noon(20))).toMatchObject({ waits: { count: 0, p95Ms: null }, lastWait: null });
  });

  it('forgets what is older than seven days, in the file and for who reads an old file', () => {
    const week = emptyWeek();
    for (let day = 1; day <= 20; day++) noteSpan(week, noon(day), hour);
    expect(week.days.map(({ day }) => day)).toEqual(
      [14, 15, 16, 17, 18, 19, 20].map((day) => `2026-11-${day}`),
    );
    expect(summaryOf(week, noon(25))).toMatchObject({ since: '2026-11-19', offeredHours: 2 });
    expect(summaryOf(week, noon(30))).toBeNull();
  });

  it('stays small', () => {
    const week = emptyWeek();
    for (let index = 0; index < 5_000; index++) {
      noteWork(week, noon(20), [work({ functionName: `f${index}` })]);
      noteWait(week, noon(20), wait(index));
    }
    expect(JSON.stringify(week).length).toBeLessThan(20_000);
    expect(summaryOf(week, noon(20))?.work.find(({ name }) => name === 'others')?.calls).toBe(4_900);
  });

  it('is not confused by names that objects have anyway', () => {
    const week = emptyWeek();
    noteWork(week, noon(20), [work({ appName: '__proto__', functionName: 'constructor' })]);
    expect(summaryOf(week, noon(20))?.work).toEqual([
      expect.objectContaining({ name: '__proto__/constructor' }),
    ]);
  });

  it('is what it was once written and read', () => {
    const week = emptyWeek();
    noteSpan(week, noon(20), hour);
    noteWork(week, noon(20), [work()]);
    noteWait(week, noon(20), wait(12.7));
    const read: Week = weekSchema.parse(JSON.parse(JSON.stringify(week)));
    expect(read).toEqual(week);
  });

  it('begins anew where the clock was set back', () => {
    const week = emptyWeek();
    noteSpan(week, noon(20), hour);
    noteSpan(week, noon(18), hour);
    expect(week.days.map(({ day }) => day)).toEqual(['2026-11-18']);
    expect(dayName(noon(5))).toBe('2026-11-05');
  });
});
