import { describe, expect, it } from '@jest/globals';
import type { MisfirePolicy } from '../batch-definition.js';
import { compileCalendar } from './calendar.js';
import { decideDue, type DueDecision, MAX_CAUGHT_UP, settledUntil } from './misfire.js';
import { compilePlan, type SchedulePlan, type ScheduleRule } from './schedule-plan.js';

const since = new Date('2026-11-01T00:00:00Z');
const NIGHTLY: ScheduleRule = { window: { start: '22:00', end: '06:00', timeZone: 'UTC' } };
const AT_TWO: ScheduleRule = { schedule: '0 0 2 * * *' };

interface Case {
  readonly rule?: ScheduleRule;
  readonly misfire?: MisfirePolicy;
  readonly catchUpSeconds?: number;
  readonly from?: string;
  readonly now: string;
  readonly isPaused?: boolean;
}

function decide({
  rule = NIGHTLY,
  misfire = 'runOnce',
  from = '2026-11-23T22:00:00Z',
  now,
  ...rest
}: Case): DueDecision {
  const plan = compilePlan(rule, since) as SchedulePlan;
  return decideDue({
    plan,
    misfire,
    settledUntil: new Date(from),
    now: new Date(now),
    isPaused: false,
    ...rest,
  });
}

/** `24` of November in time, `24@26T22` caught up from the 26th at 22:00 on. */
function started({ starts }: DueDecision): string[] {
  return starts.map(({ occurrence, cause, notBefore }) => {
    const date = occurrence.businessDate.slice(8);
    return cause === 'schedule' ? date : `${date}@${notBefore.toISOString().slice(8, 13)}`;
  });
}
const skippedOf = ({ skipped }: DueDecision): string[] =>
  skipped.map(({ occurrence, reason }) => `${occurrence.businessDate.slice(8)} ${reason}`);

describe('decideDue', () => {
  it('does nothing until something is due', () => {
    expect(decide({ now: '2026-11-24T21:59:59Z' })).toEqual({ starts: [], skipped: [], settledUntil: null });
  });

  it('starts what is due, and has then seen to it', () => {
    const decision = decide({ now: '2026-11-24T22:00:00.005Z' });
    expect(started(decision)).toEqual(['24']);
    expect(decision.settledUntil).toEqual(new Date('2026-11-24T22:00:00Z'));
    expect(decision.starts[0]?.window?.endsAt).toEqual(new Date('2026-11-25T06:00:00Z'));
  });

  it('misses no night as long as its window is open', () => {
    expect(started(decide({ misfire: 'skip', now: '2026-11-25T05:59:00Z' }))).toEqual(['24']);
  });

  it.each<[string, MisfirePolicy, string, string[], string[]]>([
    ['by day', 'skip', '2026-11-27T09:00:00Z', [], ['24 misfire', '25 misfire', '26 misfire']],
    ['by day', 'runOnce', '2026-11-27T09:00:00Z', ['26@27T22'], ['24 misfire', '25 misfire']],
    ['by day', 'runAll', '2026-11-27T09:00:00Z', ['24@27T22', '25@27T22', '26@27T22'], []],
    ['in a window', 'skip', '2026-11-27T00:30:00Z', ['26'], ['24 misfire', '25 misfire']],
    ['in a window', 'runOnce', '2026-11-27T00:30:00Z', ['25@27T00', '26'], ['24 misfire']],
    ['in a window', 'runAll', '2026-11-27T00:30:00Z', ['24@27T00', '25@27T00', '26'], []],
  ])('after nights without management, back %s: %s', (_, misfire, now, starts, skips) => {
    const decision = decide({ misfire, now });
    expect(started(decision)).toEqual(starts);
    expect(skippedOf(decision)).toEqual(skips);
  });

  it('makes up for nothing that could only begin when catchUpSeconds are over', () => {
    const twoDays = decide({ misfire: 'runAll', catchUpSeconds: 2 * 86_400, now: '2026-11-27T09:00:00Z' });
    expect(started(twoDays)).toEqual(['25@27T22', '26@27T22']);
    expect(skippedOf(twoDays)).toEqual(['24 tooLate']);
    expect(started(decide({ catchUpSeconds: 86_399, now: '2026-11-27T09:00:00Z' }))).toEqual([]);
  });

  it('makes up for nothing on a day that the calendar does not want', () => {
    const calendar = compileCalendar({
      timeZone: 'UTC',
      holidays: [{ date: '2026-11-27', name: 'A Friday' }],
    });
    expect(started(decide({ rule: { ...NIGHTLY, calendar }, now: '2026-11-27T09:00:00Z' }))).toEqual([
      '26@30T22',
    ]);
    expect(started(decide({ rule: { ...AT_TWO, calendar }, now: '2026-11-27T09:00:00Z' }))).toEqual([
      '26@30T00',
    ]);
  });

  it('calls a time without a window missed after a minute', () => {
    const from = '2026-11-24T02:00:00Z';
    expect(started(decide({ rule: AT_TWO, misfire: 'skip', from, now: '2026-11-25T02:01:00Z' }))).toEqual([
      '25',
    ]);
    expect(started(decide({ rule: AT_TWO, misfire: 'skip', from, now: '2026-11-25T02:01:01Z' }))).toEqual([]);
    expect(started(decide({ rule: AT_TWO, from, now: '2026-11-25T02:01:01Z' }))).toEqual(['25@25T02']);
  });

  it('calls a time in a window missed when the window is over, also within that minute', () => {
    const rule = { ...NIGHTLY, schedule: '0 59 5 * * *' };
    const from = '2026-11-24T05:59:00Z';
    expect(started(decide({ rule, from, misfire: 'skip', now: '2026-11-25T05:59:59Z' }))).toEqual(['24']);
    expect(started(decide({ rule, from, misfire: 'skip', now: '2026-11-25T06:00:00Z' }))).toEqual([]);
  });

  it('skips all while paused', () => {
    const decision = decide({ misfire: 'runAll', now: '2026-11-25T22:00:01Z', isPaused: true });
    expect(started(decision)).toEqual([]);
    expect(skippedOf(decision)).toEqual(['24 paused', '25 paused']);
    expect(decision.settledUntil).toEqual(new Date('2026-11-25T22:00:00Z'));
  });

  it('looks at the newest only where a schedule of seconds was left alone', () => {
    const decision = decide({
      rule: { schedule: '* * * * * *' },
      misfire: 'runAll',
      now: '2026-11-27T09:00:00.500Z',
    });
    expect(decision.starts.length).toBeGreaterThan(MAX_CAUGHT_UP / 2);
    expect(decision.starts.length).toBeLessThanOrEqual(MAX_CAUGHT_UP);
    expect(decision.settledUntil).toEqual(new Date('2026-11-27T09:00:00Z'));
    expect(decision.starts.at(-1)?.occurrence.plannedAt).toEqual(decision.settledUntil);
  });
});

describe('settledUntil', () => {
  it('is the latest of the beginning, the newest claim and the end of a pause', () => {
    const day = (date: number): Date => new Date(Date.UTC(2026, 10, date));
    expect(settledUntil({ activeSince: day(1), lastPlannedAt: null })).toEqual(day(1));
    expect(settledUntil({ activeSince: day(1), lastPlannedAt: day(3) })).toEqual(day(3));
    expect(settledUntil({ activeSince: day(1), lastPlannedAt: day(3), resumedAt: day(5) })).toEqual(day(5));
    expect(settledUntil({ activeSince: day(9), lastPlannedAt: day(3), resumedAt: null })).toEqual(day(9));
  });
});
