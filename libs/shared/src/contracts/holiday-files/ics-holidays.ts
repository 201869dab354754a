import ICAL from 'ical.js';
import { InvalidInputError } from '../../domain/errors.js';
import type { Holiday } from '../../domain/scheduling/calendar.js';
import { addDays, type LocalDate } from '../../domain/scheduling/local-date.js';
import type { Horizon } from './horizon.js';
import { checkEvent } from './ics-checks.js';
import { withDatesMarked } from './loose-dates.js';

type Event = InstanceType<typeof ICAL.Event>;
type Component = InstanceType<typeof ICAL.Component>;
type Time = InstanceType<typeof ICAL.Time>;

/** The library's own type of it leads to a file that it does not ship. */
interface OccurrenceDetails {
  readonly startDate: Time;
  readonly endDate: Time;
  readonly item: Event;
}

/** The holidays of an iCalendar file, and what of it was left out. */
export interface IcsHolidays {
  readonly holidays: readonly Holiday[];
  readonly notes: readonly string[];
}

/** An event that comes back each day has so many days in 27 years; a rule that makes more is no holiday. */
const MAX_REPETITIONS = 10_000;

/** No holiday lasts longer than a year. */
const MAX_DAYS = 366;

const MIDNIGHT = 'T00:00:00';

/**
 * Reads the whole-day events of an iCalendar file (RFC 5545): several days, repetitions (RRULE, RDATE) as far as the horizon,
 * without their exceptions (EXDATE, RECURRENCE-ID, STATUS:CANCELLED). Dates are taken as they stand: a holiday is a day of the
 * calendar, in whatever zone. Events of hours are left out, with a note.
 * @throws InvalidInputError where it is no iCalendar file, or an event in it is not right
 */
export function holidaysOfIcs(text: string, horizon: Horizon): IcsHolidays {
  const holidays = new Map<string, Holiday>();
  const notes: string[] = [];
  for (const event of eventsOf(text)) {
    const found = naming(event, () => {
      checkEvent(event.component);
      return isWholeDays(event) ? holidaysOfEvent(event, horizon) : null;
    });
    if (!found) notes.push(`"${nameOf(event)}" was left out: it is not of whole days.`);
    for (const holiday of found ?? []) holidays.set(`${holiday.date} ${holiday.name}`, holiday);
  }
  const sorted = [...holidays.values()].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  return { holidays: sorted, notes };
}

function eventsOf(text: string): Event[] {
  const components = calendarsOf(text).flatMap((calendar) => calendar.getAllSubcomponents('vevent'));
  const isException = (component: Component): boolean => component.hasProperty('recurrence-id');
  return components
    .filter((component) => !isException(component) && !isCancelled(component))
    .map((component) => {
      const uid = component.getFirstPropertyValue('uid');
      const exceptions = components.filter(
        (other) => isException(other) && uid !== null && other.getFirstPropertyValue('uid') === uid,
      );
      return new ICAL.Event(component, { exceptions });
    })
    .map(withStart);
}

function calendarsOf(text: string): Component[] {
  let parsed: unknown;
  try {
    // A mark of the encoding at the beginning is not part of the format, but common.
    parsed = ICAL.parse(withDatesMarked(text.replace(/^\uFEFF/, '')));
  } catch (error) {
    throw new InvalidInputError(`The file is not iCalendar: ${messageOf(error)}.`, [], { cause: error });
  }
  // One component is a list that begins with its name, several are a list of such lists.
  const all = (Array.isArray(parsed) && typeof parsed[0] === 'string' ? [parsed] : parsed) as string[][];
  const calendars = all.map((component) => new ICAL.Component(component));
  if (calendars.length === 0 || calendars.some(({ name }) => name !== 'vcalendar'))
    throw new InvalidInputError('The file is not iCalendar: it must begin with BEGIN:VCALENDAR.');
  return calendars;
}

function withStart(event: Event): Event {
  if (event.component.hasProperty('dtstart')) return event;
  throw new InvalidInputError(`The event "${nameOf(event)}" has no DTSTART: say on which day it is.`);
}

/** Days without a time; or from midnight to midnight, as some programs write them. */
function isWholeDays({ startDate, endDate }: Event): boolean {
  if (startDate.isDate) return true;
  const isMidnight = (time: Time): boolean => time.toString().includes(MIDNIGHT);
  return isMidnight(startDate) && isMidnight(endDate) && endDate.compare(startDate) > 0;
}

function holidaysOfEvent(event: Event, horizon: Horizon): Holiday[] {
  return occurrencesOf(event, horizon).flatMap((occurrence) => daysOf(event, occurrence, horizon));
}

/** What the parser finds wrong only when it is asked for a value is said with the event that it is in. */
function naming<Result>(event: Event, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    throw new InvalidInputError(`The event "${nameOf(event)}" is not right: ${messageOf(error)}.`, [], {
      cause: error,
    });
  }
}

function occurrencesOf(event: Event, { to }: Horizon): Time[] {
  if (!event.isRecurring()) return [event.startDate];
  sayDayOfRules(event);
  // The library leaves out the beginning where there are only single dates (RDATE) beside it.
  const times: Time[] = event.component.hasProperty('rrule') ? [] : [event.startDate];
  const iterator = event.iterator();
  for (let next: Time | null = iterator.next(); next && dateOf(next) <= to; next = iterator.next()) {
    if (times.length === MAX_REPETITIONS)
      throw new InvalidInputError(
        `The event "${nameOf(event)}" comes back more than ${MAX_REPETITIONS} times until ${to}: no holiday does.`,
      );
    times.push(next);
  }
  return times;
}

/**
 * A rule that names no day means that of the beginning. Said outright, since else the library makes the 1st of March of a leap day
 * in other years, where the standard wants nothing.
 */
function sayDayOfRules({ component, startDate: { month, day } }: Event): void {
  for (const property of component.getAllProperties('rrule')) {
    const rule = property.getFirstValue() as InstanceType<typeof ICAL.Recur>;
    if (Object.keys(rule.parts).length > 0) continue;
    if (rule.freq === 'YEARLY') rule.setComponent('BYMONTH', [month]);
    if (rule.freq === 'YEARLY' || rule.freq === 'MONTHLY') rule.setComponent('BYMONTHDAY', [day]);
  }
}

function daysOf(event: Event, occurrence: Time, { from, to }: Horizon): Holiday[] {
  const { startDate, endDate, item } = event.getOccurrenceDetails(occurrence) as OccurrenceDetails;
  if (isCancelled(item.component)) return [];
  const name = nameOf(item);
  const first = dateOf(startDate);
  const end = dateOf(endDate);
  const days: Holiday[] = [];
  // The end is the day after the last one; where it is missing or the same, the event is of one day.
  for (let date = first; date === first || date < end; date = addDays(date, 1)) {
    if (days.length === MAX_DAYS)
      throw new InvalidInputError(
        `The event "${name}" of ${first} lasts more than ${MAX_DAYS} days: no holiday does.`,
      );
    days.push({ date, name });
  }
  return days.filter(({ date }) => from <= date && date <= to);
}

function isCancelled(component: Component): boolean {
  return String(component.getFirstPropertyValue('status') ?? '').toUpperCase() === 'CANCELLED';
}

function dateOf(time: Time): LocalDate {
  return time.toString().slice(0, 10);
}

function nameOf({ summary }: Event): string {
  return summary?.trim() || 'Holiday';
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}
