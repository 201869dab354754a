const HOUR_MS = 3_600_000;

/** What a batch has had of a pool, in core-seconds of which older ones count less, and when that was reckoned. */
export interface Usage {
  readonly coreSeconds: number;
  /** Any clock that does not jump, in milliseconds. */
  readonly atMs: number;
}

/** Usage as it counts at a later time: half of it is forgotten in each half-life. */
export function usageAt(usage: Usage, nowMs: number, halfLifeHours: number): Usage {
  const halfLives = (nowMs - usage.atMs) / HOUR_MS / halfLifeHours;
  return { coreSeconds: usage.coreSeconds * 0.5 ** halfLives, atMs: nowMs };
}

/** Usage with more added at `nowMs`. */
export function usageWith(usage: Usage, coreSeconds: number, nowMs: number, halfLifeHours: number): Usage {
  const decayed = usageAt(usage, nowMs, halfLifeHours);
  return { coreSeconds: decayed.coreSeconds + coreSeconds, atMs: nowMs };
}
