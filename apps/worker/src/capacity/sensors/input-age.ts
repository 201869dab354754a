import { known, unknown, type Sensed } from './sensed.js';

/** The machine's input age as it was last known, and when (monotonic milliseconds). */
export interface AgeAt {
  readonly ageSeconds: number;
  readonly atMs: number;
}

/**
 * An age that never grows faster than time does: what was seen a moment ago can't have been an hour ago because somebody
 * set the clock, or logged out, or pulled the keyboard's plug. A clock that was set back shows input in the future, which
 * counts as now.
 */
export function believableAge(seen: number, before: AgeAt | null, nowMs: number): number {
  const age = Math.max(0, seen);
  return before ? Math.min(age, before.ageSeconds + (nowMs - before.atMs) / 1000) : age;
}

/** The youngest of several ages; unknown as soon as one of them is: it might have been younger. */
export function youngest(ages: readonly Sensed<number>[]): Sensed<number> {
  const reasons = new Set(ages.flatMap((age) => (age.known ? [] : [age.why])));
  if (reasons.size > 0) return unknown([...reasons].join('; '));
  return known(Math.min(...ages.map((age) => (age.known ? age.value : Infinity))));
}
