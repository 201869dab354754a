const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const OFFSET = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/;

/** Offsets change at full quarters of an hour, with the rarest exceptions: what holds at both ends of one holds within it. */
const QUARTER_MS = 900_000;

/** A year's decisions of a zone; more are begun anew. */
const MOST_QUARTERS = 4_096;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** Offset by quarter of an hour since 1970; null: it changes within. */
  readonly offsets: Map<number, number | null>;
}

/** Making one costs a hundred times as much as using it, and using it ten times as much as remembering. A program meets few zones. */
const zones = new Map<string, Zone>();

/**
 * How far local time in a zone is ahead of UTC at a moment, in milliseconds.
 * Intl, not Temporal: workers also run on versions of Node that lack it.
 * @param timeZone an IANA name; a wrong one throws RangeError
 */
export function zoneOffsetMs(timeZone: string, utcMs: number): number {
  const zone = zoneOf(timeZone);
  const quarter = Math.floor(utcMs / QUARTER_MS);
  let offset = zone.offsets.get(quarter);
  if (offset === undefined) {
    offset = offsetOfQuarter(zone, quarter);
    if (zone.offsets.size >= MOST_QUARTERS) zone.offsets.clear();
    zone.offsets.set(quarter, offset);
  }
  return offset ?? readOffset(zone, utcMs);
}

function offsetOfQuarter(zone: Zone, quarter: number): number | null {
  const first = readOffset(zone, quarter * QUARTER_MS);
  return readOffset(zone, (quarter + 1) * QUARTER_MS - 1) === first ? first : null;
}

function readOffset({ format }: Zone, utcMs: number): number {
  const [, sign, hours, minutes, seconds] = OFFSET.exec(format.format(utcMs)) ?? [];
  if (sign === undefined) return 0;
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds ?? 0)) * 1000;
  return sign === '-' ? -ms : ms;
}

/** Whether the machine's tables know a zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    zoneOf(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * The moment at which clocks in a zone show a local time.
 * @param localMs the local time, written as if it were UTC
 * @param twice which one to take where the clocks show it twice (set back); where they skip it, it is the moment of the skip
 */
export function momentOf(timeZone: string, localMs: number, twice: 'first' | 'last'): number {
  const before = zoneOffsetMs(timeZone, localMs - DAY_MS);
  const after = zoneOffsetMs(timeZone, localMs + DAY_MS);
  const moments = [localMs - before, localMs - after].filter(
    (moment) => moment + zoneOffsetMs(timeZone, moment) === localMs,
  );
  if (moments.length === 0) return changeBetween(timeZone, localMs - DAY_MS, localMs + DAY_MS);
  return twice === 'first' ? Math.min(...moments) : Math.max(...moments);
}

/** The first moment after `fromMs` with another offset; there is one until `toMs`. */
function changeBetween(timeZone: string, fromMs: number, toMs: number): number {
  const offset = zoneOffsetMs(timeZone, fromMs);
  let same = fromMs;
  let changed = toMs;
  while (changed - same > 1) {
    const middle = Math.floor((same + changed) / 2);
    if (zoneOffsetMs(timeZone, middle) === offset) same = middle;
    else changed = middle;
  }
  return changed;
}

function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const zone: Zone = { format, offsets: new Map() };
  zones.set(timeZone, zone);
  return zone;
}
