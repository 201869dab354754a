import { z } from 'zod';
import type { Schedule } from '#shared/domain/schedule.js';
import { nextTimes, parseRecurrence } from '#shared/domain/scheduling/recurrence.js';
import { localIsoOf } from '#shared/domain/scheduling/zone-time.js';
import { anchorOf, frameOf, isMonitored } from './timer-decision.js';

export const timerScheduleView = z.object({
  app: z.string(),
  function: z.string(),
  declaredAs: z.string().describe('As the function says it, with the names of app settings.'),
  expression: z.string().describe('NCRONTAB or TimeSpan, with app settings filled in.'),
  kind: z.enum(['ncrontab', 'timeSpan']),
  timeZone: z.string(),
  monitored: z.boolean().describe('Whether a missed occurrence is made up for: not below a minute.'),
  runOnStartup: z.boolean(),
  activeSince: z.iso.datetime(),
  lastPlannedAt: z.iso.datetime().nullable().describe('The newest occurrence that was fired or skipped.'),
  next: z
    .array(
      z.object({ at: z.iso.datetime(), local: z.string().describe('In the time zone of the schedule.') }),
    )
    .describe('The occurrences to come; fewer where there are no more.'),
});

export type TimerScheduleView = z.output<typeof timerScheduleView>;

interface ShownSchedule {
  readonly schedule: Schedule;
  readonly declaredAs: string;
  readonly appName: string;
  readonly timeZone: string;
  readonly now: Date;
  readonly count: number;
}

export function toTimerScheduleView(shown: ShownSchedule): TimerScheduleView {
  const { schedule, timeZone, now, count } = shown;
  const recurrence = parseRecurrence(schedule.expression);
  // What is claimed already will not fire again, also where this clock is behind.
  const after = anchorOf(schedule) > now ? anchorOf(schedule) : now;
  const next = nextTimes(recurrence, frameOf({ schedule, timeZone }), after, count);
  return {
    app: shown.appName,
    function: schedule.functionName,
    declaredAs: shown.declaredAs,
    expression: schedule.expression,
    kind: recurrence.kind === 'interval' ? 'timeSpan' : 'ncrontab',
    timeZone,
    monitored: isMonitored({ schedule, recurrence }),
    runOnStartup: schedule.runOnStartup,
    activeSince: schedule.activeSince.toISOString(),
    lastPlannedAt: schedule.lastPlannedAt?.toISOString() ?? null,
    next: next.map((at) => ({ at: at.toISOString(), local: localIsoOf(at, timeZone) })),
  };
}
