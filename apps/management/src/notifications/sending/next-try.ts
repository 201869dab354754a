/** A receiver that is away over lunch is not asked each second, and one that is back not first the next morning. */
const LONGEST_SECONDS = 3600;
/** Many that failed together do not come back together. */
const JITTER = 0.2;

/**
 * How long until the next try, seconds; null when it is given up.
 * @param attempt the one that has just failed, 1 for the first
 * @param secondsLeft until it is given up, from the beginning of that attempt: the last try is when that is over
 * @param random 0 to 1
 */
export function nextTrySeconds(
  { attempt, secondsLeft }: { readonly attempt: number; readonly secondsLeft: number },
  firstSeconds: number,
  random: number,
): number | null {
  if (secondsLeft <= 0) return null;
  const delay = Math.min(LONGEST_SECONDS, firstSeconds * 2 ** Math.min(attempt - 1, 30));
  return Math.min(delay * (1 + JITTER * (2 * random - 1)), secondsLeft);
}
