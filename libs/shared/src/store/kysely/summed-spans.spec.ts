import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY_MS, HOUR_MS } from '../../domain/machine-time.js';
import { readingPlan, type Span } from './summed-spans.js';

const hours = (from: number, until: number): Span => ({ fromMs: from * HOUR_MS, untilMs: until * HOUR_MS });

describe('readingPlan', () => {
  it.each([
    ['hours within a day', hours(3, 9), [], { days: [], hours: [hours(3, 9)], open: [] }],
    ['a whole day', hours(24, 48), [], { days: [hours(24, 48)], hours: [], open: [] }],
    [
      'days and what hangs over',
      hours(20, 75),
      [],
      { days: [hours(24, 72)], hours: [hours(20, 24), hours(72, 75)], open: [] },
    ],
    ['hours around midnight', hours(20, 30), [], { days: [], hours: [hours(20, 30)], open: [] }],
    [
      'a day in which an hour is open',
      hours(0, 72),
      [hours(30, 31)],
      { days: [hours(0, 24), hours(48, 72)], hours: [hours(24, 30), hours(31, 48)], open: [hours(30, 31)] },
    ],
    [
      'open hours that touch, overlap, come in any order and lie outside',
      hours(0, 10),
      [hours(6, 90), hours(2, 3), hours(3, 4), hours(-9, 1)],
      { days: [], hours: [hours(1, 2), hours(4, 6)], open: [hours(0, 1), hours(2, 4), hours(6, 10)] },
    ],
    ['nothing summed', hours(0, 48), [hours(0, 48)], { days: [], hours: [], open: [hours(0, 48)] }],
  ] as const)('reads %s', (_what, range, unsummed, plan) => {
    expect(readingPlan(range, unsummed)).toEqual(plan);
  });

  it('reads what lies between too many open hours from the bookings', () => {
    const odd = Array.from({ length: 60 }, (_, index) => hours(2 * index + 1, 2 * index + 2));
    expect(readingPlan(hours(0, 200), odd).open).toEqual([hours(1, 120)]);
  });

  it('reads every hour once, days only whole, and open hours nowhere else', () => {
    const span = fc
      .tuple(fc.integer({ min: -50, max: 250 }), fc.integer({ min: 1, max: 60 }))
      .map(([from, length]) => hours(from, from + length));
    fc.assert(
      fc.property(span, fc.array(span, { maxLength: 6 }), (range, unsummed) => {
        const plan = readingPlan(range, unsummed);
        const read = [...plan.days, ...plan.hours, ...plan.open].sort((a, b) => a.fromMs - b.fromMs);
        expect(read.every((one, index) => one.fromMs === (read[index - 1]?.untilMs ?? range.fromMs))).toBe(
          true,
        );
        expect(read.at(-1)?.untilMs).toBe(range.untilMs);
        for (const day of plan.days)
          expect([day.fromMs % DAY_MS, day.untilMs % DAY_MS].map(Math.abs)).toEqual([0, 0]);
        for (const closed of [...plan.days, ...plan.hours])
          for (const open of unsummed)
            expect(closed.untilMs <= open.fromMs || open.untilMs <= closed.fromMs).toBe(true);
      }),
    );
  });
});
