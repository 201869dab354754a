import { isAlways, MINUTES_PER_WEEK, type WeeklyHours, type WeeklySpan } from './weekly-hours.js';
import { momentOf, zoneOffsetMs } from './zone-time.js';

const MINUTE_MS = 60_000;
const WEEK_MS = MINUTES_PER_WEEK * MINUTE_MS;
/** 1970 began on a Thursday; the week's minutes count from Monday. */
const FIRST_MONDAY_MS = 4 * 24 * 60 * MINUTE_MS;

/** Whether hours are open at a moment, and from when to when nothing changes about that. */
export interface HoursSpan {
  readonly open: boolean;
  readonly fromUtcMs: number;
  /** Infinity where it never changes. */
  readonly untilUtcMs: number;
}

const ALWAYS_OPEN: HoursSpan = { open: true, fromUtcMs: -Infinity, untilUtcMs: Infinity };
const NEVER_OPEN: HoursSpan = { open: false, fromUtcMs: -Infinity, untilUtcMs: Infinity };

/** The span that was asked for last, by hours and zone: decisions ask for the same one for hours on end. */
const latest = new WeakMap<WeeklyHours, Map<string, HoursSpan>>();

/**
 * Where a moment lies in a machine's hours. Clock changes are decided for the owner: a beginning that clocks show twice
 * counts the second time, an end the first time, and one that they skip is at the moment of the skip.
 * @param utcMs trusted UTC, milliseconds since 1970
 */
export function hoursAt(hours: WeeklyHours, timeZone: string, utcMs: number): HoursSpan {
  if (isAlways(hours)) return ALWAYS_OPEN;
  if (hours.length === 0) return NEVER_OPEN;
  const known = latest.get(hours)?.get(timeZone);
  if (known && known.fromUtcMs <= utcMs && utcMs < known.untilUtcMs) return known;
  const span = findSpan(openSpans(hours, timeZone, utcMs), utcMs);
  latest.set(hours, (latest.get(hours) ?? new Map<string, HoursSpan>()).set(timeZone, span));
  return span;
}

function findSpan(opens: readonly HoursSpan[], utcMs: number): HoursSpan {
  const next = opens.find((span) => utcMs < span.untilUtcMs);
  if (!next) throw new Error('None of three weeks has hours: they do not come back each week');
  if (next.fromUtcMs <= utcMs) return next;
  const last = opens[opens.indexOf(next) - 1];
  return { open: false, fromUtcMs: last?.untilUtcMs ?? utcMs, untilUtcMs: next.fromUtcMs };
}

/** What is open in the week of a moment, the one before and two after, in order: a clock change may swallow a week's only one. */
function openSpans(hours: WeeklyHours, timeZone: string, utcMs: number): HoursSpan[] {
  const localMs = utcMs + zoneOffsetMs(timeZone, utcMs);
  const monday = localMs - ((((localMs - FIRST_MONDAY_MS) % WEEK_MS) + WEEK_MS) % WEEK_MS);
  return [-1, 0, 1, 2]
    .map((weeks) => monday + weeks * WEEK_MS)
    .flatMap((week) => hours.map((span) => openSpan(span, week, timeZone)))
    .filter((span) => span.fromUtcMs < span.untilUtcMs);
}

function openSpan(span: WeeklySpan, weekMs: number, timeZone: string): HoursSpan {
  const startMs = weekMs + span.startMinute * MINUTE_MS;
  return {
    open: true,
    fromUtcMs: momentOf(timeZone, startMs, 'last'),
    untilUtcMs: momentOf(timeZone, startMs + span.minutes * MINUTE_MS, 'first'),
  };
}
