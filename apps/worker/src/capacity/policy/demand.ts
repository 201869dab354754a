/** What a reason to hold back demands; a stronger demand includes the weaker ones. */
export const Demand = {
  nothing: 0,
  /** Take nothing new. */
  hold: 1,
  /** Give the processor back now: suspend, or vacate where that is not to be. */
  yield: 2,
  /** Give everything back: vacate. */
  leave: 3,
  /** There is no time to vacate: kill. */
  stop: 4,
} as const;

export type Demand = (typeof Demand)[keyof typeof Demand];
