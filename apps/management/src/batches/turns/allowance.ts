import type { ConcurrencyLimit } from '#shared/domain/batch-definition.js';

/** What a run may use at once, and in a second. Absent: as much as it can. */
export interface RunLimits {
  readonly concurrency?: ConcurrencyLimit | undefined;
  readonly itemsPerSecond?: number | undefined;
}

/** What of a limit is out with chunks that have not ended. */
export interface Allowed {
  readonly itemsAtOnce: number;
  readonly itemsPerSecond: number;
}

export const NOTHING_ALLOWED: Allowed = Object.freeze({ itemsAtOnce: 0, itemsPerSecond: 0 });

/** What a chunk may use. Absent: its worker decides. */
export interface Allowance {
  readonly itemsAtOnce?: number | undefined;
  readonly itemsPerSecond?: number | undefined;
}

export interface AllowanceFacts {
  readonly limits: RunLimits;
  /** To the run's own chunks. */
  readonly allowed: Allowed;
  /** Items at once of all chunks of runs that name the same key. */
  readonly allowedByKey: number;
  /** Null while it is not known. */
  readonly meanItemMs: number | null;
  /** Items that a worker is expected to run at once of a chunk. */
  readonly itemConcurrency: number;
  /** Chunks that may be out at once. */
  readonly chunksInFlight: number;
}

/** `run` and `key`: as many items at once as are allowed are out. `rate`: as many in a second. */
export type UsedUp = 'run' | 'key' | 'rate';

/**
 * What the next chunk of a run may use: limits are dealt out to chunks, which stand in SQL, so that together they never go over them,
 * however many instances deal and machines run.
 */
export function nextAllowance(facts: AllowanceFacts): Allowance | UsedUp {
  const itemsAtOnce = itemsAtOnceOf(facts);
  if (typeof itemsAtOnce === 'string') return itemsAtOnce;
  const itemsPerSecond = itemsPerSecondOf(facts);
  if (typeof itemsPerSecond === 'string') return itemsPerSecond;
  return { itemsAtOnce, itemsPerSecond };
}

function itemsAtOnceOf(facts: AllowanceFacts): number | UsedUp | undefined {
  const { run, key } = facts.limits.concurrency ?? {};
  if (run === undefined && key === undefined) return undefined;
  const left = run === undefined ? Infinity : run - facts.allowed.itemsAtOnce;
  const leftOfKey = key === undefined ? Infinity : key.limit - facts.allowedByKey;
  if (left < 1) return 'run';
  if (leftOfKey < 1) return 'key';
  const limit = Math.min(run ?? Infinity, key?.limit ?? Infinity);
  // A worker uses no more of it; only groups of items (`cardinality: many`) do, and with a large limit they get larger ones.
  const useful = Math.max(facts.itemConcurrency, Math.ceil(limit / facts.chunksInFlight));
  return Math.min(left, leftOfKey, useful);
}

function itemsPerSecondOf(facts: AllowanceFacts): number | UsedUp | undefined {
  const rate = facts.limits.itemsPerSecond;
  if (rate === undefined) return undefined;
  const share = rate / chunksForRate(rate, facts);
  const left = rate - facts.allowed.itemsPerSecond;
  // Less than half of a share would make a chunk that crawls, beside others that soon give back a whole one.
  return left < share / 2 ? 'rate' : Math.min(share, left);
}

/** As many chunks as it takes to run so many items a second (Little's law), and no more: each is as quick as it may be. */
function chunksForRate(
  rate: number,
  { meanItemMs, itemConcurrency, chunksInFlight }: AllowanceFacts,
): number {
  const itemsAtOnce = (rate * (meanItemMs ?? 0)) / 1000;
  return Math.min(chunksInFlight, Math.max(1, Math.ceil(itemsAtOnce / itemConcurrency)));
}
