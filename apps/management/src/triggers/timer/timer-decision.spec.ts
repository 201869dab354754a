import { describe, expect, it } from '@jest/globals';
import { parseRecurrence } from '#shared/domain/scheduling/recurrence.js';
import { decideTimer, isMonitored, type TimerDecision } from './timer-decision.js';

interface Case {
  readonly expression?: string;
  readonly useMonitor?: boolean;
  readonly last?: string | null;
  readonly since?: string;
  readonly now: string;
  readonly isPostponed?: boolean;
}

const DAILY = '0 0 3 * * *';

function decide(facts: Case): TimerDecision {
  return decideTimer({
    schedule: {
      activeSince: new Date(facts.since ?? '2026-11-01T00:00:00Z'),
      lastPlannedAt: facts.last ? new Date(facts.last) : null,
      useMonitor: facts.useMonitor ?? true,
    },
    recurrence: parseRecurrence(facts.expression ?? DAILY),
    timeZone: 'UTC',
    now: new Date(facts.now),
    isPostponed: facts.isPostponed ?? false,
  });
}

const fire = (plannedAt: string, isPastDue: boolean): TimerDecision => ({
  action: 'fire',
  plannedAt: new Date(plannedAt),
  isPastDue,
});

describe('decideTimer', () => {
  it('waits until an occurrence is due', () => {
    expect(decide({ last: '2026-11-23T03:00:00Z', now: '2026-11-24T02:59:59Z' })).toEqual({ action: 'wait' });
  });

  it('fires what is due, in time', () => {
    expect(decide({ last: '2026-11-23T03:00:00Z', now: '2026-11-24T03:00:00.005Z' })).toEqual(
      fire('2026-11-24T03:00:00Z', false),
    );
  });

  it('does not fire an occurrence twice', () => {
    expect(decide({ last: '2026-11-24T03:00:00Z', now: '2026-11-24T03:00:01Z' })).toEqual({ action: 'wait' });
  });

  it('never fires what was planned before the schedule began', () => {
    expect(decide({ since: '2026-11-24T03:30:00Z', now: '2026-11-24T12:00:00Z' })).toEqual({
      action: 'wait',
    });
  });

  it('fires missed occurrences once, the newest, late, when it is monitored', () => {
    expect(decide({ last: '2026-11-20T03:00:00Z', now: '2026-11-24T09:00:00Z' })).toEqual(
      fire('2026-11-24T03:00:00Z', true),
    );
  });

  it('skips missed occurrences when it is not monitored', () => {
    expect(decide({ last: '2026-11-20T03:00:00Z', now: '2026-11-24T09:00:00Z', useMonitor: false })).toEqual({
      action: 'skip',
      plannedAt: new Date('2026-11-24T03:00:00Z'),
    });
  });

  it('calls nothing missed over a restart of half a minute', () => {
    expect(decide({ last: '2026-11-23T03:00:00Z', now: '2026-11-24T03:00:30Z', useMonitor: false })).toEqual(
      fire('2026-11-24T03:00:00Z', true),
    );
  });

  it('does not remember what a schedule of seconds missed', () => {
    const everyTenSecondsAtThree = '*/10 * 3 * * *';
    expect(
      decide({
        expression: everyTenSecondsAtThree,
        last: '2026-11-23T03:59:50Z',
        now: '2026-11-24T09:00:00Z',
      }),
    ).toEqual({ action: 'skip', plannedAt: new Date('2026-11-24T03:59:50Z') });
  });

  it('fires what only waited for the run before it, however late', () => {
    expect(
      decide({
        last: '2026-11-23T03:00:00Z',
        now: '2026-11-24T09:00:00Z',
        useMonitor: false,
        isPostponed: true,
      }),
    ).toEqual(fire('2026-11-24T03:00:00Z', true));
  });

  it('counts a TimeSpan from when the schedule began', () => {
    const every = { expression: '00:20:00', since: '2026-11-24T00:00:10Z' };
    expect(decide({ ...every, now: '2026-11-24T00:20:09Z' })).toEqual({ action: 'wait' });
    expect(decide({ ...every, now: '2026-11-24T00:20:10Z' })).toEqual(fire('2026-11-24T00:20:10Z', false));
    expect(decide({ ...every, last: '2026-11-24T00:20:10Z', now: '2026-11-24T07:30:00Z' })).toEqual(
      fire('2026-11-24T07:20:10Z', true),
    );
  });

  it('monitors a TimeSpan of a minute, and no shorter one', () => {
    const monitored = (expression: string): boolean =>
      isMonitored({
        schedule: { activeSince: new Date(), lastPlannedAt: null, useMonitor: true },
        recurrence: parseRecurrence(expression),
      });
    expect([monitored('00:01:00'), monitored('00:00:59')]).toEqual([true, false]);
  });
});
