import type { BatchWindow, CalendarUse } from '../batch-definition.js';
import { isTimeZone } from '../capacity/zone-time.js';
import { InvalidInputError } from '../errors.js';
import {
  businessDateAt,
  type Calendar,
  dayKindOf,
  dayStart,
  nextBusinessDay,
  plainCalendar,
} from './calendar.js';
import type { LocalDate } from './local-date.js';
import { parseRecurrence, type Recurrence, type RecurrenceFrame } from './recurrence.js';
import { compileWindow, type DailyWindow } from './window.js';

/** What a definition says about when its batch runs. */
export interface ScheduleRule {
  /** NCRONTAB or TimeSpan. Without one: once at each window's start. */
  readonly schedule?: string | undefined;
  readonly window?: BatchWindow | undefined;
  /** Of the schedule; default that of the window, then that of the calendar, then UTC. */
  readonly timeZone?: string | undefined;
  readonly calendar?: Calendar | undefined;
  /** Its business days, the days that it names as holidays, or all. Default: business days where there is a calendar. */
  readonly on?: CalendarUse | undefined;
}

/** A schedule that is checked and ready for questions. Made by `compilePlan`. */
export interface SchedulePlan {
  /** Null: once at each window's start. */
  readonly recurrence: Recurrence | null;
  readonly frame: RecurrenceFrame;
  readonly window: DailyWindow | null;
  readonly calendar: Calendar;
  readonly on: CalendarUse;
}

/**
 * @param activeSince when the schedule began: TimeSpans are counted from here
 * @returns null where there is neither schedule nor window: it then runs on request only
 * @throws InvalidInputError that names the field
 */
export function compilePlan(rule: ScheduleRule, activeSince: Date): SchedulePlan | null {
  const { schedule, calendar } = rule;
  if (schedule === undefined && rule.window === undefined) return null;
  const timeZone = rule.timeZone ?? rule.window?.timeZone ?? calendar?.timeZone ?? 'UTC';
  if (!isTimeZone(timeZone))
    throw new InvalidInputError(`timeZone "${timeZone}" must be an IANA name such as Europe/Berlin.`);
  if (calendar === undefined && rule.on !== undefined && rule.on !== 'allDays')
    throw new InvalidInputError(`on "${rule.on}" needs a calendar: name one, or write "allDays".`);
  return {
    recurrence: schedule === undefined ? null : parseRecurrence(schedule),
    frame: { timeZone, anchor: activeSince },
    window: rule.window ? compileWindow(rule.window) : null,
    calendar: calendar ?? plainCalendar(timeZone),
    on: rule.on ?? (calendar ? 'businessDays' : 'allDays'),
  };
}

/** Whether the schedule comes on a day at all. */
export function isDayWanted({ calendar, on }: SchedulePlan, date: LocalDate): boolean {
  if (on === 'allDays') return true;
  return dayKindOf(calendar, date) === (on === 'holidays' ? 'holiday' : 'businessDay');
}

/** When the next wanted day after a day begins; null when there is none. */
export function nextWantedDay(plan: SchedulePlan, after: LocalDate): Date | null {
  const date =
    plan.on === 'holidays' ? nextHoliday(plan.calendar, after) : nextBusinessDay(plan.calendar, after);
  return date === null ? null : dayStart(plan.calendar, date);
}

/** The business day of an instant, by the plan's calendar. */
export function planDateAt({ calendar }: SchedulePlan, instant: Date): LocalDate {
  return businessDateAt(calendar, instant);
}

function nextHoliday(calendar: Calendar, after: LocalDate): LocalDate | null {
  const later = [...calendar.holidays.keys()].filter(
    (date) => date > after && dayKindOf(calendar, date) === 'holiday',
  );
  return later.length === 0 ? null : later.reduce((first, date) => (date < first ? date : first));
}
