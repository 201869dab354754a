import { DAY_MS } from '#shared/domain/machine-time.js';
import { longestItemSeconds, workSeconds, type ItemTime, type Likelihood } from './item-time.js';
import { doneAt, workDone, type Places } from './places.js';

/** What stands between a run and its end. */
export interface RunWork {
  readonly itemsLeft: number;
  readonly time: ItemTime;
  /** Nothing of it begins before, milliseconds since 1970. */
  readonly beginsAtMs: number;
  /** When its window ends, milliseconds since 1970; null: it has none. */
  readonly windowEndsAtMs: number | null;
  /** What runs with a higher priority have left, place-seconds. */
  readonly workBefore: number;
  /** What each run with the same priority has left, place-seconds: with them it takes turns. */
  readonly workBeside: readonly number[];
  /** Items of it that may run at once, by its limits; Infinity: it has none. */
  readonly mostAtOnce: number;
}

/** Nobody plans by what comes later. */
export const HORIZON_MS = 14 * DAY_MS;

/**
 * When a run will be done, milliseconds since 1970; null: not within two weeks. It is the latest of three: when the pool has done the
 * work before it and its share beside it, when its own limits let it be done, and when its longest item is done.
 */
export function finishOf(
  nowMs: number,
  work: RunWork,
  places: Places,
  likelihood: Likelihood,
): number | null {
  const begins = Math.max(nowMs, work.beginsAtMs);
  if (work.itemsLeft === 0) return begins;
  const untilMs = nowMs + HORIZON_MS;
  const fromMs = startOf(nowMs, work, places);
  if (fromMs === null) return null;
  const own = workSeconds(work.time, work.itemsLeft, likelihood);
  // Of runs that take turns each has had as much as this one when it is done, or all that it wanted.
  const beside = work.workBeside.reduce((sum, other) => sum + Math.min(other, own), 0);
  const together = doneAt(beside + own, { fromMs, untilMs, places });
  const alone = doneAt(own, { fromMs, untilMs, places, most: work.mostAtOnce });
  if (together === null || alone === null) return null;
  const longest = begins + longestItemSeconds(work.time, work.itemsLeft, likelihood) * 1000;
  return Math.max(together, alone, longest);
}

/** About how many items are undone when a run's window ends; 0: none, or it has no window. */
export function leftAtWindowEnd(nowMs: number, work: RunWork, places: Places): number {
  const { windowEndsAtMs: untilMs, itemsLeft, time, workBeside, mostAtOnce: most } = work;
  if (untilMs === null || itemsLeft === 0) return 0;
  const finish = finishOf(nowMs, work, places, 'p50');
  if (finish !== null && finish <= untilMs) return 0;
  const fromMs = startOf(nowMs, work, places) ?? untilMs;
  const share = workDone({ fromMs, untilMs, places }) / (1 + workBeside.length);
  const done = Math.min(share, workDone({ fromMs, untilMs, places, most })) / Math.max(time.mean, 1e-6);
  // Where there would be time for all of them, the last ones are longer than what is left of the window.
  return Math.max(1, itemsLeft - Math.floor(done));
}

/** When the runs before it leave the pool to a run; null: not within two weeks. */
function startOf(nowMs: number, { workBefore, beginsAtMs }: RunWork, places: Places): number | null {
  const freeAt = doneAt(workBefore, { fromMs: nowMs, untilMs: nowMs + HORIZON_MS, places });
  return freeAt === null ? null : Math.max(nowMs, beginsAtMs, freeAt);
}
