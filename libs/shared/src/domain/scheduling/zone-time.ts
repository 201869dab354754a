import { zoneOffsetMs } from '../capacity/zone-time.js';

/**
 * Local times of a zone. A "local" time is the clock on the wall, kept as if it were UTC: milliseconds since 1970 that mean
 * year, month … second. `momentOf` of `capacity/zone-time` leads back.
 */

/** What the clock on the wall shows at an instant, whole seconds. */
export function localTimeAt(instantMs: number, timeZone: string): number {
  return Math.floor((instantMs + zoneOffsetMs(timeZone, instantMs)) / 1000) * 1000;
}

/** The first instant after `fromMs`, and not after `toMs`, at which another offset holds; null when it never changes there. */
export function nextOffsetChange(fromMs: number, toMs: number, timeZone: string): number | null {
  const offset = zoneOffsetMs(timeZone, fromMs);
  if (zoneOffsetMs(timeZone, toMs) === offset) return null;
  let before = fromMs;
  let after = toMs;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (zoneOffsetMs(timeZone, middle) === offset) before = middle;
    else after = middle;
  }
  return after;
}

/** An instant as people in a zone read it: `2026-12-01T02:30:00+01:00`, whole seconds. */
export function localIsoOf(instant: Date, timeZone: string): string {
  const local = localTimeAt(instant.getTime(), timeZone);
  const offsetMinutes = Math.round(zoneOffsetMs(timeZone, instant.getTime()) / 60_000);
  const sign = offsetMinutes < 0 ? '-' : '+';
  const [hours, minutes] = [Math.trunc(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60];
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  return `${new Date(local).toISOString().slice(0, 19)}${sign}${twoDigits(hours)}:${twoDigits(minutes)}`;
}
