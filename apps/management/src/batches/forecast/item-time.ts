import {
  meanSeconds,
  quantileSeconds,
  spreadSeconds,
  type DurationSketch,
} from '#shared/domain/capacity/duration-sketch.js';

/** How long one item takes, as far as it was measured. Seconds. */
export interface ItemTime {
  readonly mean: number;
  /** The standard deviation. */
  readonly spread: number;
  /** The duration that a share of the items does not exceed. @param share more than 0, at most 1 */
  readonly quantile: (share: number) => number;
}

/** What a run itself has shown, where nothing else is known. */
export interface OwnItems {
  readonly count: number;
  readonly durationMsTotal: number;
}

/** With fewer items the mean of a run is a guess: its first items wait for containers. */
const LEAST_OWN_ITEMS = 10;

/** Null: too few items of this function were ever measured. */
export function itemTime(sketch: DurationSketch | undefined, own: OwnItems): ItemTime | null {
  const mean = sketch ? meanSeconds(sketch) : null;
  if (sketch && mean !== null)
    return {
      mean,
      spread: spreadSeconds(sketch) ?? 0,
      quantile: (share) => quantileSeconds(sketch, share) ?? mean,
    };
  if (own.count < LEAST_OWN_ITEMS) return null;
  const ownMean = own.durationMsTotal / own.count / 1000;
  return { mean: ownMean, spread: 0, quantile: () => ownMean };
}

/** The z value of a normal distribution whose P50 is its mean. */
const Z_OF = { p50: 0, p90: 1.2816 } as const;
const SHARE_OF = { p50: 0.5, p90: 0.9 } as const;

export type Likelihood = keyof typeof SHARE_OF;

/** What so many items take altogether, one after the other, seconds: a sum of many is nearly normal. */
export function workSeconds(time: ItemTime, items: number, likelihood: Likelihood): number {
  return items * time.mean + Z_OF[likelihood] * Math.sqrt(items) * time.spread;
}

/**
 * What the longest of so many items takes, seconds: however many machines there are, nothing is done sooner. All of n items stay below
 * what one stays below with the nth root of the likelihood.
 */
export function longestItemSeconds(time: ItemTime, items: number, likelihood: Likelihood): number {
  return items === 0 ? 0 : time.quantile(SHARE_OF[likelihood] ** (1 / items));
}
