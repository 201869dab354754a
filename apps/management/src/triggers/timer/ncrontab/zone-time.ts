/**
 * Time zones, by the tables that Node brings along. "Local" times here are the clock on the wall, kept as if it were UTC:
 * milliseconds since 1970 that mean year, month … second.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clock on the wall shows at an instant, whole seconds. */
export function localTimeAt(instantMs: number, timeZone: string): number {
  return Math.floor((instantMs + offsetMsAt(instantMs, timeZone)) / 1000) * 1000;
}

/** How far the wall's clock is ahead of UTC at an instant. */
export function offsetMsAt(instantMs: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0;
  const wholeMs = Math.floor(instantMs / 1000) * 1000;
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(wholeMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - wholeMs;
}

/** When the wall's clock shows a time: twice where it is set back, first the earlier one; never where it is set forward. */
export function instantsOf(localMs: number, timeZone: string): readonly number[] {
  const offsets = new Set([offsetMsAt(localMs - DAY_MS, timeZone), offsetMsAt(localMs + DAY_MS, timeZone)]);
  return [...offsets]
    .filter((offset) => offsetMsAt(localMs - offset, timeZone) === offset)
    .map((offset) => localMs - offset)
    .toSorted((a, b) => a - b);
}

/** The first instant after `fromMs`, and not after `toMs`, at which another offset holds; null when it never changes there. */
export function nextOffsetChange(fromMs: number, toMs: number, timeZone: string): number | null {
  const offset = offsetMsAt(fromMs, timeZone);
  if (offsetMsAt(toMs, timeZone) === offset) return null;
  let before = fromMs;
  let after = toMs;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetMsAt(middle, timeZone) === offset) before = middle;
    else after = middle;
  }
  return after;
}

/** The first instant that exists at or after a time of the wall's clock that was skipped. */
export function endOfGap(localMs: number, timeZone: string): number {
  const from = localMs - DAY_MS;
  return nextOffsetChange(from, localMs + DAY_MS, timeZone) ?? localMs - offsetMsAt(from, timeZone);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}
