/** The first step. */
export const SHORTEST_STEP_MS = 15_000;
/** Of a run's age: a chart of its course has some hundred points then, however long it goes on. */
const SHARE = 1 / 120;

/**
 * The time at which a run's course is noted next to now: each 15 s at first, more rarely the longer it goes on. The steps double, so
 * that a run that goes on twice as long has 60 points more. All instances come to the same times.
 */
export function courseTime(startedAt: Date, now: Date): Date {
  const age = Math.max(0, now.getTime() - startedAt.getTime());
  const steps = Math.max(0, Math.ceil(Math.log2((age * SHARE) / SHORTEST_STEP_MS)));
  const step = SHORTEST_STEP_MS * 2 ** (Number.isFinite(steps) ? steps : 0);
  return new Date(Math.floor(now.getTime() / step) * step);
}

/** More points than a course ever has: what is asked for to get all of it. */
export const MOST_POINTS = 2000;
