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
