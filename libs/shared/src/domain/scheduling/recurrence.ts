import { InvalidInputError } from '../errors.js';
import { parseTimeSpanMs } from '../time-span.js';
import { isSubMinute as firesWithinMinutes, type Ncrontab, parseNcrontab } from './ncrontab/ncrontab.js';
import { nextLocalTime } from './ncrontab/next-local-time.js';
import { latestOccurrence, nextOccurrence } from './ncrontab/occurrences.js';

/** When something comes back: at times of the wall's clock, or each so many milliseconds. */
export type Recurrence =
  | { readonly kind: 'ncrontab'; readonly ncrontab: Ncrontab }
  | { readonly kind: 'interval'; readonly everyMs: number };

/** What a recurrence is counted by. */
export interface RecurrenceFrame {
  readonly timeZone: string;
  /** Intervals are counted from here; the first is due one interval later. */
  readonly anchor: Date;
}

const LOOKS_LIKE_TIME_SPAN = /^-?[\d.]*\d:\d/;
const LEAST_INTERVAL_MS = 1_000;
const MOST_INTERVAL_MS = 3_660 * 86_400_000;
const MINUTE_MS = 60_000;

/**
 * Parses what a schedule may be: NCRONTAB (`0 30 2 * * *`) or a TimeSpan (`00:05:00`, `1.00:00:00`), as Azure's timers take it.
 * A TimeSpan counts real time, from the schedule's beginning: clock changes have no say in it.
 * @throws InvalidInputError that says which part is wrong
 */
export function parseRecurrence(text: string): Recurrence {
  const trimmed = text.trim();
  if (LOOKS_LIKE_TIME_SPAN.test(trimmed)) return { kind: 'interval', everyMs: parseInterval(trimmed) };
  const ncrontab = parseNcrontab(trimmed);
  // Any year will do: a date that does not come within decades never does.
  if (nextLocalTime(ncrontab, Date.UTC(2000, 0, 1)) === null)
    throw new InvalidInputError(`The schedule "${text}" names a date that never comes.`);
  return { kind: 'ncrontab', ncrontab };
}

/** Whether it comes more often than once a minute: then what was missed is not worth remembering. */
export function isSubMinute(recurrence: Recurrence): boolean {
  return recurrence.kind === 'interval'
    ? recurrence.everyMs < MINUTE_MS
    : firesWithinMinutes(recurrence.ncrontab);
}

/** The first time after an instant; null when there is none. */
export function nextTime(recurrence: Recurrence, frame: RecurrenceFrame, after: Date): Date | null {
  if (recurrence.kind === 'ncrontab') return nextOccurrence(recurrence.ncrontab, after, frame.timeZone);
  const anchor = frame.anchor.getTime();
  const past = Math.floor((after.getTime() - anchor) / recurrence.everyMs);
  return new Date(anchor + Math.max(1, past + 1) * recurrence.everyMs);
}

/** The next `count` times; fewer when there are no more. */
export function nextTimes(
  recurrence: Recurrence,
  frame: RecurrenceFrame,
  after: Date,
  count: number,
): Date[] {
  const times: Date[] = [];
  for (let last: Date | null = after; last && times.length < count;) {
    last = nextTime(recurrence, frame, last);
    if (last) times.push(last);
  }
  return times;
}

/** The newest time in (after, until], or null. Costs little even when thousands lie in between. */
export function latestTime(
  recurrence: Recurrence,
  frame: RecurrenceFrame,
  after: Date,
  until: Date,
): Date | null {
  if (recurrence.kind === 'ncrontab')
    return latestOccurrence(recurrence.ncrontab, after, until, frame.timeZone);
  const anchor = frame.anchor.getTime();
  const count = Math.floor((until.getTime() - anchor) / recurrence.everyMs);
  const latest = new Date(anchor + count * recurrence.everyMs);
  return count >= 1 && latest > after ? latest : null;
}

function parseInterval(text: string): number {
  const everyMs = parseTimeSpanMs(text);
  if (everyMs === null)
    throw new InvalidInputError(
      `The schedule "${text}" is not a TimeSpan: write [days.]hours:minutes:seconds, hours up to 23 (a day is 1.00:00:00).`,
    );
  if (everyMs < LEAST_INTERVAL_MS || everyMs > MOST_INTERVAL_MS)
    throw new InvalidInputError(`The schedule "${text}" must be from 00:00:01 to 3660.00:00:00.`);
  return everyMs;
}
