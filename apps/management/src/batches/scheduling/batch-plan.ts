import type { BatchCalendar, BatchDefinition } from '#shared/domain/batch-definition.js';
import { momentOf } from '#shared/domain/capacity/zone-time.js';
import { compileCalendar } from '#shared/domain/scheduling/calendar.js';
import { dateOfLocalMs, localMsOfDate } from '#shared/domain/scheduling/local-date.js';
import { compilePlan, type SchedulePlan } from '#shared/domain/scheduling/schedule-plan.js';
import { parseTimeOfDay } from '#shared/domain/scheduling/time-of-day.js';
import type { WindowSpan } from '#shared/domain/scheduling/window.js';
import { localTimeAt } from '#shared/domain/scheduling/zone-time.js';

const DAY_MS = 86_400_000;

/**
 * When a batch runs, ready for questions; null where it has neither schedule nor window.
 * @param calendar that of its name, as it holds now
 * @param activeSince when the schedule began
 */
export function planOf(
  definition: BatchDefinition,
  calendar: BatchCalendar | null,
  activeSince: Date,
): SchedulePlan | null {
  const { schedule, window, timeZone, on } = definition;
  const rule = { schedule, window, timeZone, on: calendar ? on : undefined };
  return compilePlan({ ...rule, calendar: calendar ? compileCalendar(calendar) : undefined }, activeSince);
}

/**
 * By when a run is to be done: the first time after its beginning that the clock on the wall shows the deadline, in the zone of the
 * window, or of the schedule.
 */
export function deadlineOf(
  { deadline, window }: Pick<BatchDefinition, 'deadline' | 'window'>,
  plan: SchedulePlan,
  start: { readonly notBefore: Date; readonly window: WindowSpan | null },
): Date | undefined {
  if (deadline === undefined) return undefined;
  const timeZone = window?.timeZone ?? plan.frame.timeZone;
  const from = start.window?.startsAt ?? start.notBefore;
  const midnight = localMsOfDate(dateOfLocalMs(localTimeAt(from.getTime(), timeZone)));
  const timeOfDay = parseTimeOfDay(deadline, 'deadline');
  const sameDay = new Date(momentOf(timeZone, midnight + timeOfDay, 'first'));
  return sameDay > from ? sameDay : new Date(momentOf(timeZone, midnight + DAY_MS + timeOfDay, 'first'));
}
