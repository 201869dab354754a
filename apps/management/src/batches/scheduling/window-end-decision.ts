import type { RunState } from '#shared/domain/batch.js';

/** An open run as its window's end sees it. */
export interface WindowEndFacts {
  readonly state: RunState;
  readonly windowEndsAt: Date;
  readonly now: Date;
  /** Chunks on the queue or with workers. */
  readonly openChunks: number;
  /** Mean time of an item of its function; null: not known. */
  readonly meanItemMs: number | null;
}

/**
 * `drain`: hand out nothing more · `settle`: nothing of it runs any more, end it or carry it over · `close`: the window has been over for
 * so long that what has not come back counts as lost.
 */
export type WindowEndAction = 'none' | 'drain' | 'settle' | 'close';

/** So long before its window's end a run stops being handed out, at least: what is on the queue would only be taken off again. */
const LEAST_LEAD_MS = 1_000;
/** Longer items are refused by workers one by one, by what is known of them. */
export const MOST_LEAD_MS = 300_000;
/** A worker gives its work back at the window's end; this is for one that is cut off. Longer than its heartbeat's lease. */
export const CLOSED_AFTER_MS = 60_000;

/** What a window's end means for a run, now. */
export function decideWindowEnd(facts: WindowEndFacts): WindowEndAction {
  const leftMs = facts.windowEndsAt.getTime() - facts.now.getTime();
  switch (facts.state) {
    case 'scheduled':
      return leftMs <= 0 ? 'settle' : 'none';
    case 'waiting':
    case 'running':
      return leftMs <= leadMs(facts) ? 'drain' : 'none';
    case 'draining':
      if (facts.openChunks === 0) return 'settle';
      return leftMs <= -CLOSED_AFTER_MS ? 'close' : 'none';
    default:
      return 'none';
  }
}

/** An item more would not fit: on average. Which do is for the workers to say, who have the measured times. */
function leadMs({ meanItemMs }: WindowEndFacts): number {
  return Math.min(MOST_LEAD_MS, Math.max(LEAST_LEAD_MS, meanItemMs ?? 0));
}

/** How many of a run's items have which outcome. */
export interface ItemsAtEnd {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
}

/** How a run ends of which every item has an outcome; null: something is left. */
export function endOfWhole(items: ItemsAtEnd, isWholeKnown: boolean): RunState | null {
  const { total, succeeded, failed, cancelled } = items;
  if (!isWholeKnown || succeeded + failed + cancelled < total) return null;
  return succeeded === total ? 'succeeded' : 'completedWithFailures';
}

/** Added to the priority of what is carried over, once it is predicted to be late. */
const LATE_BONUS = 10;
const HIGHEST_PRIORITY = 100;

/** The priority of a run that goes on with another one. @param isPredictedLate by whoever forecasts; until then it stays */
export function carriedPriority(priority: number, isPredictedLate: boolean): number {
  return isPredictedLate ? Math.min(HIGHEST_PRIORITY, priority + LATE_BONUS) : priority;
}
