const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
/** A service that lived this long was healthy: its next death counts as the first. */
const HEALTHY_MS = 60_000;

/**
 * How long to wait before a dead service is started again: 1, 2, 4 … 30 s.
 * @param {{ deathsInARow: number, livedMs: number }} history deathsInARow counts those before this one
 * @returns {{ delayMs: number, deathsInARow: number }} with the new count
 */
export function restartDelay({ deathsInARow, livedMs }) {
  const earlier = livedMs >= HEALTHY_MS ? 0 : deathsInARow;
  return { delayMs: Math.min(LONGEST_MS, FIRST_MS * 2 ** earlier), deathsInARow: earlier + 1 };
}
