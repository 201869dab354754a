/** A value, and how often it came. */
export interface Counted {
  readonly value: number;
  readonly count: number;
}

/**
 * Percentiles by nearest rank: each is a value that came, the least that so great a share did not exceed.
 * @param counted by value, the least first
 * @param shares from 0 to 1
 * @returns one for each share; empty when nothing came
 */
export function percentilesOf(counted: readonly Counted[], shares: readonly number[]): number[] {
  const total = counted.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return [];
  return shares.map((share) => valueAt(counted, Math.max(1, Math.ceil(share * total))));
}

function valueAt(counted: readonly Counted[], rank: number): number {
  let seen = 0;
  for (const { value, count } of counted) {
    seen += count;
    if (seen >= rank) return value;
  }
  return counted.at(-1)?.value ?? NaN;
}
