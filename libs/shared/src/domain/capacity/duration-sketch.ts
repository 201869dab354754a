/**
 * How long a function's work takes, in bounded memory: counts in buckets whose bounds grow by a constant factor, as DDSketch
 * has it. A quantile is wrong by at most 5 % of itself (10 ms or 14 days at the ends of the scale). About 200 numbers
 * a function, however much it runs. Older durations fade: each time the sketch is full, all counts are halved.
 */
export interface DurationSketch {
  /** How many durations lie in each bucket; may be halves. */
  readonly counts: Float64Array;
  total: number;
}

/** Of the quantile that is asked for. */
const RELATIVE_ERROR = 0.05;
const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const SHORTEST_SECONDS = 0.01;
const LONGEST_SECONDS = 14 * 24 * 3600;
const BUCKETS = Math.ceil(Math.log(LONGEST_SECONDS / SHORTEST_SECONDS) / Math.log(GROWTH)) + 1;
/** After so many durations the older half counts half: a new version that is slower is noticed within a night. */
const FULL = 2000;
/** Less than this of a duration is forgotten altogether. */
const LEAST_COUNT = 0.001;
/** With fewer, a P90 is a guess: the worst of them may never have been seen. */
export const LEAST_FOR_QUANTILE = 10;

export function emptySketch(): DurationSketch {
  return { counts: new Float64Array(BUCKETS), total: 0 };
}

/** Adds a duration to a sketch, in place. @param seconds 0 or more */
export function addDuration(sketch: DurationSketch, seconds: number): void {
  const bucket = bucketOf(seconds);
  sketch.counts[bucket] = (sketch.counts[bucket] ?? 0) + 1;
  sketch.total += 1;
  forgetSome(sketch);
}

/** Adds all that another machine, or an earlier minute, has seen, in place. */
export function mergeSketch(sketch: DurationSketch, other: DurationSketch): void {
  other.counts.forEach((count, index) => {
    sketch.counts[index] = (sketch.counts[index] ?? 0) + count;
  });
  sketch.total += other.total;
  forgetSome(sketch);
}

/** What was seen counts by this factor from now on, in place. @param factor from 0 to 1 */
export function fadeSketch(sketch: DurationSketch, factor: number): void {
  let total = 0;
  sketch.counts.forEach((count, index) => {
    const faded = count * factor;
    sketch.counts[index] = faded < LEAST_COUNT ? 0 : faded;
    total += sketch.counts[index] ?? 0;
  });
  sketch.total = total;
}

function forgetSome(sketch: DurationSketch): void {
  while (sketch.total >= FULL) fadeSketch(sketch, 0.5);
}

/** The buckets that are not empty, to be kept as JSON: few, since a function's durations lie close together. */
export function sketchParts({ counts }: DurationSketch): [bucket: number, count: number][] {
  return [...counts].flatMap((count, bucket) =>
    count > 0 ? [[bucket, Math.round(count * 1000) / 1000] as [number, number]] : [],
  );
}

/** A sketch of such parts. What lies in no bucket was written by nobody who knows these, and is left out. */
export function sketchOfParts(parts: readonly (readonly [bucket: number, count: number])[]): DurationSketch {
  const sketch = emptySketch();
  for (const [bucket, count] of parts) {
    if (!Number.isInteger(bucket) || bucket < 0 || bucket >= BUCKETS || !(count > 0)) continue;
    sketch.counts[bucket] = (sketch.counts[bucket] ?? 0) + count;
    sketch.total += count;
  }
  return sketch;
}

/** What all that was seen took on average, in seconds; null where too few were seen. */
export function meanSeconds(sketch: DurationSketch): number | null {
  if (sketch.total < LEAST_FOR_QUANTILE) return null;
  const sum = sketch.counts.reduce((total, count, bucket) => total + count * middleOf(bucket), 0);
  return sum / sketch.total;
}

/** By how much durations differ: their standard deviation, in seconds; null where too few were seen. */
export function spreadSeconds(sketch: DurationSketch): number | null {
  const mean = meanSeconds(sketch);
  if (mean === null) return null;
  const squares = sketch.counts.reduce(
    (total, count, bucket) => total + count * (middleOf(bucket) - mean) ** 2,
    0,
  );
  return Math.sqrt(squares / sketch.total);
}

/**
 * The duration that a share of the work does not exceed, in seconds; null where too few were seen.
 * @param share more than 0, at most 1; 0.9 is the P90
 */
export function quantileSeconds(sketch: DurationSketch, share: number): number | null {
  if (sketch.total < LEAST_FOR_QUANTILE) return null;
  // Half a count of tolerance: halved counts add up to what they should only nearly.
  const wanted = Math.max(share * sketch.total, Number.MIN_VALUE) - 1e-9;
  let seen = 0;
  const bucket = sketch.counts.findIndex((count) => (seen += count) >= wanted);
  return middleOf(bucket === -1 ? BUCKETS - 1 : bucket);
}

/** Bucket n holds what lies above SHORTEST × GROWTH^(n-1), up to SHORTEST × GROWTH^n. */
function bucketOf(seconds: number): number {
  if (seconds <= SHORTEST_SECONDS) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log(seconds / SHORTEST_SECONDS) / Math.log(GROWTH)));
}

/** The value that is off by the same share from both of a bucket's bounds. */
function middleOf(bucket: number): number {
  if (bucket === 0) return SHORTEST_SECONDS;
  return (SHORTEST_SECONDS * GROWTH ** bucket * 2) / (1 + GROWTH);
}
