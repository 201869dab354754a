/** What a bench works with. */
export interface BenchContext {
  /** A Redis of the benches' own, empty at the start of each bench. */
  readonly redisUrl: string;
  /** A new, empty folder for this bench. */
  readonly workFolder: string;
  /** How often each side is measured, in turn; the median counts. */
  readonly rounds: number;
  /** Says what is being done. */
  readonly log: (line: string) => void;
}

/** One figure beside the baseline that was measured in the same run on the same machine. */
export interface BenchResult {
  readonly name: string;
  readonly value: number;
  readonly baseline: number;
  /** Of value and baseline, such as `requests/s` or `ms`. */
  readonly unit: string;
  /** value / baseline. */
  readonly ratio: number;
  /** About the ratio, such as `>= 0.8` or `<= 1.5`. */
  readonly goal: string;
}

/** The default export of a `*.bench.ts`. */
export interface Bench {
  readonly name: string;
  run(context: BenchContext): Promise<BenchResult[]>;
}

/** Makes a result of two figures. */
export function resultOf(facts: Omit<BenchResult, 'ratio'>): BenchResult {
  if (!(facts.baseline > 0))
    throw new Error(`The baseline of ${facts.name} is ${facts.baseline}: nothing was measured`);
  return { ...facts, ratio: facts.value / facts.baseline };
}

/**
 * The median of measurements: one round that the machine disturbed does not move it.
 * @param values at least one
 */
export function medianOf(values: readonly number[]): number {
  if (values.length === 0) throw new Error('There is no median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/**
 * Measures two sides in turn, so that a machine that becomes slower meanwhile is slower for both.
 * @returns the median of each
 */
export async function medianOfRounds(
  rounds: number,
  measureValue: () => Promise<number>,
  measureBaseline: () => Promise<number>,
): Promise<{ value: number; baseline: number }> {
  const values: number[] = [];
  const baselines: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    baselines.push(await measureBaseline());
    values.push(await measureValue());
  }
  return { value: medianOf(values), baseline: medianOf(baselines) };
}
