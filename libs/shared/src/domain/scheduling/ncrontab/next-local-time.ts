import type { Ncrontab } from './ncrontab.js';

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

/** 29 February on a given weekday comes every 28 years, and after 2096 only in 2108: nothing that ever comes is rarer. */
const MAX_YEARS = 45;

/**
 * The next time of the wall's clock that an expression names, after another one; null when there is none, ever (30 February).
 * Pure arithmetic in the calendar: no time zone has a say in it.
 */
export function nextLocalTime(ncrontab: Ncrontab, afterMs: number): number | null {
  const start = Math.floor(afterMs / SECOND_MS) * SECOND_MS + SECOND_MS;
  const lastYear = new Date(start).getUTCFullYear() + MAX_YEARS;
  let dayMs = Math.floor(start / DAY_MS) * DAY_MS;
  let fromSecond = (start - dayMs) / SECOND_MS;
  for (;;) {
    const day = new Date(dayMs);
    if (day.getUTCFullYear() > lastYear) return null;
    if (!ncrontab.months.has(day.getUTCMonth() + 1)) {
      dayMs = Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 1);
    } else {
      const second = fitsDay(ncrontab, day) ? nextSecondOfDay(ncrontab, fromSecond) : null;
      if (second !== null) return dayMs + second * SECOND_MS;
      dayMs += DAY_MS;
    }
    fromSecond = 0;
  }
}

function fitsDay(ncrontab: Ncrontab, day: Date): boolean {
  return ncrontab.daysOfMonth.has(day.getUTCDate()) && ncrontab.daysOfWeek.has(day.getUTCDay());
}

/** The first second of the day that fits, from this one on; null when the day has none left. */
function nextSecondOfDay({ hours, minutes, seconds }: Ncrontab, from: number): number | null {
  const fromHour = Math.floor(from / 3600);
  const fromMinute = Math.floor((from % 3600) / 60);
  const [firstMinute = 0] = minutes;
  const [firstSecond = 0] = seconds;
  for (const hour of hours) {
    if (hour < fromHour) continue;
    if (hour > fromHour) return hour * 3600 + firstMinute * 60 + firstSecond;
    for (const minute of minutes) {
      if (minute < fromMinute) continue;
      if (minute > fromMinute) return hour * 3600 + minute * 60 + firstSecond;
      const second = seconds.find((candidate) => candidate >= from % 60);
      if (second !== undefined) return hour * 3600 + minute * 60 + second;
    }
  }
  return null;
}
