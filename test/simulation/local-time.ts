const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
const QUARTER_MS = 15 * MINUTE_MS;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * Local time in a zone over the days of a simulation, looked up quarter by quarter. It is made by other means than the
 * policy's hours, so that it can judge them.
 */
export class LocalTime {
  private readonly minutes: Int32Array;

  constructor(
    timeZone: string,
    private readonly startUtcMs: number,
    days: number,
  ) {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: 'numeric',
      minute: 'numeric',
      hourCycle: 'h23',
    });
    // Two days more than asked for: ends of hours are looked for ahead.
    this.minutes = Int32Array.from({ length: ((days + 2) * DAY_MS) / QUARTER_MS }, (_, quarter) =>
      minuteOfWeek(format, startUtcMs + quarter * QUARTER_MS),
    );
  }

  /** Minutes since Monday 00:00, local. @param atMs since the simulation's start */
  minuteOfWeek(atMs: number): number {
    const quarter = Math.floor(atMs / QUARTER_MS);
    const minute = this.minutes[quarter];
    if (minute === undefined) throw new Error(`${atMs} ms lies outside the simulation`);
    return minute + Math.floor((atMs - quarter * QUARTER_MS) / MINUTE_MS);
  }

  /** UTC for the policy's own reckoning. */
  utcMs(atMs: number): number {
    return this.startUtcMs + atMs;
  }
}

/** What `desktop-hours` promises: outside Monday to Friday, 7:00 to 19:00. */
export function isNightOrWeekend(minuteOfLocalWeek: number): boolean {
  const minute = minuteOfLocalWeek % (24 * 60);
  return minuteOfLocalWeek >= 5 * 24 * 60 || minute < 7 * 60 || minute >= 19 * 60;
}

function minuteOfWeek(format: Intl.DateTimeFormat, utcMs: number): number {
  const parts = new Map(format.formatToParts(utcMs).map(({ type, value }) => [type, value]));
  const day = WEEKDAYS.indexOf(parts.get('weekday') ?? '');
  return (day * 24 + Number(parts.get('hour'))) * 60 + Number(parts.get('minute'));
}
