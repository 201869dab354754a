const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/**
 * How long to wait after so many failures in a row, milliseconds: twice as long each time, and a random part of it,
 * so that workers that failed together do not come back together.
 * @param random from 0 to 1
 */
export function retryDelayMs(failures: number, random: number): number {
  const longest = Math.min(FIRST_MS * 2 ** failures, LONGEST_MS);
  return longest / 2 + (longest / 2) * random;
}
