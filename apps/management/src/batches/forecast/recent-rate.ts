import type { CoursePoint } from '#shared/store/run-course-store.js';

/** A rate of less time says more of how chunks are recorded than of how fast the run is. */
const LEAST_SECONDS = 10;
/** What "lately" means: the newest point that is so old is compared with now. */
export const RECENT_SECONDS = 120;

export interface Pace {
  readonly itemsPerSecond: number;
  readonly seconds: number;
}

/**
 * How fast items of a run had their outcome over the last minutes; null: it has only just begun.
 * @param points noted of it, the oldest first
 */
export function recentPace(
  points: readonly Pick<CoursePoint, 'at' | 'itemsSucceeded' | 'itemsFailed'>[],
  itemsDone: number,
  now: Date,
): Pace | null {
  const age = (at: Date): number => (now.getTime() - at.getTime()) / 1000;
  const since = points.findLast(({ at }) => age(at) >= RECENT_SECONDS) ?? points[0];
  if (!since) return null;
  const seconds = age(since.at);
  if (seconds < LEAST_SECONDS) return null;
  const done = itemsDone - since.itemsSucceeded - since.itemsFailed;
  return { itemsPerSecond: Math.max(0, done) / seconds, seconds };
}
