export const HOURS_PER_WEEK = 7 * 24;

/**
 * How often a machine's owner stays away, by hour of the week (0 is Monday 00:00 to 01:00, in the machine's zone). Two
 * numbers an hour of the week, older weeks fading, so that a new habit is learnt within some weeks.
 */
export interface IdleHistory {
  readonly seen: Float32Array;
  readonly idle: Float32Array;
}

/** A week's weight beside the week after it. */
const FADING = 0.8;
/** Before anything is known, the owner comes in every other hour. It weighs little: a week or two outweigh it. */
const PRIOR_IDLE = 0.05;
const PRIOR_SEEN = 0.1;

export function emptyIdleHistory(): IdleHistory {
  return { seen: new Float32Array(HOURS_PER_WEEK), idle: new Float32Array(HOURS_PER_WEEK) };
}

/** Notes, in place, whether an hour went by without the owner. */
export function noteHour(history: IdleHistory, hourOfWeek: number, wasIdle: boolean): void {
  history.seen[hourOfWeek] = FADING * (history.seen[hourOfWeek] ?? 0) + 1;
  history.idle[hourOfWeek] = FADING * (history.idle[hourOfWeek] ?? 0) + (wasIdle ? 1 : 0);
}

/**
 * How long an idle machine will stay idle, on average, in seconds: each coming hour counts by the chance that the owner
 * comes in none until its end. At most a week.
 * @param secondsIntoHour of the present hour
 */
export function expectedIdleSeconds(
  history: IdleHistory,
  hourOfWeek: number,
  secondsIntoHour: number,
): number {
  let expected = 0;
  let chance = 1;
  // What is so improbable adds nothing.
  for (let ahead = 0; ahead < HOURS_PER_WEEK && chance > 1e-6; ahead += 1) {
    const length = ahead === 0 ? 3600 - secondsIntoHour : 3600;
    // A part of an hour is survived more easily than a whole one.
    chance *= idleChance(history, (hourOfWeek + ahead) % HOURS_PER_WEEK) ** (length / 3600);
    expected += chance * length;
  }
  return expected;
}

function idleChance(history: IdleHistory, hourOfWeek: number): number {
  const seen = history.seen[hourOfWeek] ?? 0;
  const idle = history.idle[hourOfWeek] ?? 0;
  return (idle + PRIOR_IDLE) / (seen + PRIOR_SEEN);
}
