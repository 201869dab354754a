import { describe, expect, it } from '@jest/globals';
import { planBackfill } from './backfill.js';
import { compileCalendar } from './calendar.js';
import { compilePlan, type SchedulePlan, type ScheduleRule } from './schedule-plan.js';

const now = new Date('2026-11-30T09:00:00Z');
const night = { start: '22:00', end: '06:00', timeZone: 'UTC' };

function backfill(rule: ScheduleRule, from: string, to: string): string[] {
  const plan = compilePlan(rule, new Date('2026-11-01T00:00:00Z')) as SchedulePlan;
  const { occurrences, notBefore } = planBackfill(plan, { from, to }, now);
  return [
    ...occurrences.map(({ plannedAt }) => plannedAt.toISOString().slice(5, 16)),
    notBefore.toISOString().slice(5, 16),
  ];
}

describe('planBackfill', () => {
  it('takes the nights of a range, and runs them in the next window', () => {
    expect(backfill({ window: night }, '2026-11-10', '2026-11-12')).toEqual([
      '11-10T22:00',
      '11-11T22:00',
      '11-12T22:00',
      '11-30T22:00',
    ]);
  });

  it('goes by business days: a night belongs whole to the day on which it began', () => {
    const rule = { schedule: '0 0 0-6/3 * * *', window: night };
    expect(backfill(rule, '2026-11-10', '2026-11-10')).toEqual(['11-11T00:00', '11-11T03:00', '11-30T22:00']);
    const calendar = compileCalendar({ timeZone: 'UTC', dayStartsAt: '06:00' });
    expect(backfill({ schedule: '0 0 2 * * *', calendar }, '2026-11-13', '2026-11-16')).toEqual([
      '11-14T02:00',
      '11-17T02:00',
      '11-30T09:00',
    ]);
  });

  it('leaves to the schedule what is still to come', () => {
    expect(backfill({ schedule: '0 0 8,10 * * *' }, '2026-11-30', '2026-11-30')).toEqual([
      '11-30T08:00',
      '11-30T09:00',
    ]);
  });

  it.each<[ScheduleRule, string, string, RegExp]>([
    [{ window: night }, '2026-11-31', '2026-12-01', /from "2026-11-31" must be a date/],
    [{ window: night }, '2026-11-12', '2026-11-10', /from 2026-11-12 must not be after to/],
    [{ window: night }, '2026-11-12', '2026-12-01', /to 2026-12-01 must not be after today \(2026-11-30\)/],
    [{ window: { ...night, weekdays: ['sun'] } }, '2026-11-10', '2026-11-11', /has no occurrence/],
    [{ schedule: '0 * * * * *' }, '2026-11-10', '2026-11-11', /more than 1100 occurrences/],
  ])('refuses %j from %s to %s', (rule, from, to, why) => {
    expect(() => backfill(rule, from, to)).toThrow(why);
  });
});
