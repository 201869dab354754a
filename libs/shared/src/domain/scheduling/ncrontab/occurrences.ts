import { momentOf, zoneOffsetMs } from '../../capacity/zone-time.js';
import { isEveryHour, type Ncrontab } from './ncrontab.js';
import { nextLocalTime } from './next-local-time.js';
import { latestOf } from '../latest.js';
import { localTimeAt, nextOffsetChange } from '../zone-time.js';

/**
 * When a schedule fires.
 *
 * Where clocks change: a schedule with given hours follows the clock on the wall. A time that is skipped fires at the next
 * instant that exists, one that comes twice fires once, the first time. A schedule for every hour counts real time instead: it
 * has no pause while an hour is repeated, and makes nothing up for one that is skipped.
 */
export function nextOccurrence(ncrontab: Ncrontab, after: Date, timeZone: string): Date | null {
  const next = isEveryHour(ncrontab) ? nextByRealTime : nextByWallClock;
  const instantMs = next(ncrontab, after.getTime(), timeZone);
  return instantMs === null ? null : new Date(instantMs);
}

/** The next `count` occurrences; fewer when there are no more. */
export function nextOccurrences(
  ncrontab: Ncrontab,
  after: Date,
  count: number,
  timeZone: string,
): readonly Date[] {
  const occurrences: Date[] = [];
  for (let last: Date | null = after; last && occurrences.length < count;) {
    last = nextOccurrence(ncrontab, last, timeZone);
    if (last) occurrences.push(last);
  }
  return occurrences;
}

/** The newest occurrence in (after, until], or null. Costs little even when thousands lie in between. */
export function latestOccurrence(
  ncrontab: Ncrontab,
  after: Date,
  until: Date,
  timeZone: string,
): Date | null {
  return latestOf(
    (from) => nextOccurrence(ncrontab, from, timeZone),
    (occurrence) => occurrence,
    after,
    until,
  );
}

function nextByWallClock(ncrontab: Ncrontab, afterMs: number, timeZone: string): number | null {
  let local = nextLocalTime(ncrontab, localTimeAt(afterMs, timeZone));
  while (local !== null) {
    const instant = momentOf(timeZone, local, 'first');
    if (instant > afterMs) return instant;
    // In the second pass of a repeated hour: its times were fired in the first.
    local = nextLocalTime(ncrontab, local);
  }
  return null;
}

function nextByRealTime(ncrontab: Ncrontab, afterMs: number, timeZone: string): number | null {
  let fromMs = afterMs;
  for (;;) {
    const local = nextLocalTime(ncrontab, localTimeAt(fromMs, timeZone));
    if (local === null) return null;
    const instant = local - zoneOffsetMs(timeZone, fromMs);
    const change = nextOffsetChange(fromMs, instant, timeZone);
    if (change === null) return instant;
    // Between here and there the wall's clock jumps: go on from just before its first time under the new offset.
    const firstLocal = localTimeAt(change, timeZone);
    const first = nextLocalTime(ncrontab, firstLocal - 1000);
    if (first === firstLocal) return change;
    fromMs = change;
  }
}
