import type { BatchRetry } from './batch-definition.js';
import type { Failure } from './invocation.js';

/** A night has few hours: no item waits longer than one of them for its next attempt, unless the batch says so. */
const LONGEST_DELAY_SECONDS = 3600;
/** Doubling more often than this would only leave the range of numbers. */
const MOST_DOUBLINGS = 30;

/**
 * How long an item waits before its next attempt, milliseconds; null when it has none.
 * @param attempts how often it has been tried
 * @param random a number in [0, 1)
 */
export function itemRetryDelayMs(
  retry: BatchRetry,
  attempts: number,
  failure: Pick<Failure, 'type'>,
  random: number,
): number | null {
  if (attempts >= retry.attempts || !isTriedAgain(retry, failure.type)) return null;
  const doublings = retry.backoff === 'exponential' ? Math.min(attempts - 1, MOST_DOUBLINGS) : 0;
  const spread = 1 + (retry.jitter ?? 0) * (2 * random - 1);
  const seconds = retry.delaySeconds * 2 ** doublings * spread;
  // What a fixed delay says is meant; only what has grown is cut.
  const longest = retry.maxDelaySeconds ?? Math.max(LONGEST_DELAY_SECONDS, retry.delaySeconds);
  return 1000 * Math.min(seconds, longest);
}

function isTriedAgain({ on, notOn = [] }: BatchRetry, type: string): boolean {
  if (notOn.some((name) => isNamed(type, name))) return false;
  return on === undefined || on.some((name) => isNamed(type, name));
}

/** `TimeoutException` names `System.TimeoutException` too: whoever writes a batch knows the class, not always where it lives. */
function isNamed(type: string, name: string): boolean {
  return type === name || type.endsWith(`.${name}`);
}
