import { describe, expect, it } from '@jest/globals';
import type { WeekSummary } from '../books/week.js';
import { weekRows } from './week-report.js';

const one = { name: 'shop/bill', usedMs: 5_400_000, badputMs: 0, evictions: 0, calls: 1 };
const week: WeekSummary = {
  since: '2026-11-23',
  offeredHours: 50,
  offeredCoreHours: 400,
  usedCoreHours: 123.45,
  work: [one],
  evictions: 3,
  lostSeconds: 150,
  waits: { count: 12, p95Ms: 840, maxMs: 2100 },
  lastWait: { at: '2026-11-29T12:00:00.000Z', action: 'suspend', reason: 'USER_ACTIVE', milliseconds: 300 },
};

describe('what an owner reads of the week', () => {
  it('is what was used and offered, what ran, what was sent away, and his waits', () => {
    expect(weekRows(week, true)).toEqual([
      ['this week', '123.5 core-hours of 400.0 that were offered (50.0 h, since 2026-11-23)'],
      ['what ran', 'shop/bill (90 min, 1 call)'],
      ['sent away', '3 times; 3 min of work were lost'],
      ['your waits', '12, 95 of 100 no longer than 0.8 s, the longest 2.1 s'],
    ]);
  });

  it('is the last wait too, where the worker does not say it', () => {
    expect(weekRows(week, false).at(-1)).toEqual([
      'the last one',
      expect.stringMatching(/^0\.3 s \(suspend, USER_ACTIVE\), .+/),
    ]);
  });

  it('names five functions, and how many more there are', () => {
    const work = Array.from({ length: 8 }, (_, index) => ({ ...one, name: `shop/f${index}`, calls: 2 }));
    const [, [, text] = []] = weekRows({ ...week, work }, true);
    expect(text).toContain('shop/f4 (90 min, 2 calls), 3 more');
    expect(text).not.toContain('shop/f5');
  });

  it('says when there was nothing', () => {
    const waits = { count: 0, p95Ms: null, maxMs: null };
    const quiet = { ...week, work: [], evictions: 0, lostSeconds: 0, waits, lastWait: null };
    expect(
      weekRows(quiet, false)
        .map(([, text]) => text)
        .slice(1),
    ).toEqual(['nothing', 'never', 'none']);
    expect(weekRows(null, false)).toEqual([['this week', 'nothing is known of it']]);
    expect(weekRows('unreadable', false)[0]?.[1]).toContain('week.json is not understood');
  });
});
