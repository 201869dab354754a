const MINUTES_PER_DAY = 24 * 60;
export const MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY;

/** A stretch of local time that comes back each week. It may run past Sunday's end into Monday. */
export interface WeeklySpan {
  /** Minutes since Monday 00:00, below a week's. */
  readonly startMinute: number;
  /** More than 0, at most a week's. */
  readonly minutes: number;
}

/** When a machine may work: spans that neither overlap nor touch, by their start. None: never. A whole week: always. */
export type WeeklyHours = readonly WeeklySpan[];

export const ALWAYS: WeeklyHours = Object.freeze([
  Object.freeze({ startMinute: 0, minutes: MINUTES_PER_WEEK }),
]);

export function isAlways(hours: WeeklyHours): boolean {
  return hours.length === 1 && hours[0]?.minutes === MINUTES_PER_WEEK;
}

/**
 * Brings spans into the form of `WeeklyHours`. Spans that touch become one, also over midnight and over the week's end:
 * a boundary that is none must not stop work, nor be caught by a clock change at midnight.
 */
export function weeklyHours(spans: readonly WeeklySpan[]): WeeklyHours {
  const merged = mergeSorted([...spans].sort((a, b) => a.startMinute - b.startMinute));
  return Object.freeze(joinOverWeekEnd(merged).map((span) => Object.freeze(span)));
}

function mergeSorted(sorted: readonly WeeklySpan[]): WeeklySpan[] {
  const merged: WeeklySpan[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (last && span.startMinute <= endOf(last)) {
      const end = Math.max(endOf(last), endOf(span));
      merged[merged.length - 1] = { startMinute: last.startMinute, minutes: end - last.startMinute };
    } else merged.push(span);
  }
  return merged;
}

/** What the last span reaches of the next week swallows the spans there. */
function joinOverWeekEnd(merged: readonly WeeklySpan[]): readonly WeeklySpan[] {
  const last = merged.at(-1);
  if (!last || endOf(last) < MINUTES_PER_WEEK) return merged;
  let end = endOf(last) - MINUTES_PER_WEEK;
  const swallowed = merged.filter((span) => {
    const touches = span.startMinute <= end;
    if (touches) end = Math.max(end, endOf(span));
    return touches;
  });
  if (end >= last.startMinute) return ALWAYS;
  const joined = { startMinute: last.startMinute, minutes: end + MINUTES_PER_WEEK - last.startMinute };
  return [...merged.filter((span) => span !== last && !swallowed.includes(span)), joined];
}

function endOf(span: WeeklySpan): number {
  return span.startMinute + span.minutes;
}
