import type { Pace } from './recent-rate.js';

/** A run as it goes on now. */
export interface RunningPace {
  readonly pace: Pace | null;
  readonly itemsLeft: number;
  /** Seconds; null: not known. */
  readonly meanItemSeconds: number | null;
  /** It is held back by limits of its own. */
  readonly isLimited: boolean;
}

/** Containers have started by then. */
const LEAST_SECONDS = 60;
const LEAST = 0.05;
const MOST = 4;

/**
 * What part of a pool's places work really has, as its runs show: by Little's law items at work are their rate times their duration.
 * 1 where nothing is shown: no run has gone on for long enough, or one is held back, or has too little left to fill the places.
 * @param placesReady as they would be if each slot ran as many items as is expected
 */
export function efficiencyOf(runs: readonly RunningPace[], placesReady: number): number {
  if (placesReady <= 0 || runs.length === 0) return 1;
  const atWork = runs.reduce((sum, { pace, meanItemSeconds }) => {
    return sum + (pace?.itemsPerSecond ?? 0) * (meanItemSeconds ?? 0);
  }, 0);
  const showsIt = runs.every(({ isLimited }) => !isLimited) && runs.some((run) => fills(run, placesReady));
  if (!showsIt || atWork === 0) return 1;
  return Math.min(MOST, Math.max(LEAST, atWork / placesReady));
}

function fills({ pace, itemsLeft, meanItemSeconds }: RunningPace, placesReady: number): boolean {
  return (
    pace !== null && pace.seconds >= LEAST_SECONDS && meanItemSeconds !== null && itemsLeft > placesReady
  );
}
