import type { Failure } from './invocation.js';

/** How the items of a run are tried again; it replaces the function's own retry policy. */
export interface ItemRetry {
  /** Tries altogether, the first one too. */
  readonly attempts: number;
  readonly backoff: 'fixed' | 'exponential';
  readonly delaySeconds: number;
  readonly maxDelaySeconds?: number | undefined;
  /** 0 to 1: by what share a delay varies, up and down. */
  readonly jitter?: number | undefined;
  /** Types of errors that are tried again; all unless said otherwise. */
  readonly on?: readonly string[] | undefined;
  /** Types of errors that are not, whatever `on` says. */
  readonly notOn?: readonly string[] | undefined;
}

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
  retry: ItemRetry,
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

function isTriedAgain({ on, notOn = [] }: ItemRetry, type: string): boolean {
  if (notOn.some((name) => isNamed(type, name))) return false;
  return on === undefined || on.some((name) => isNamed(type, name));
}

/** `TimeoutException` names `System.TimeoutException` too: whoever writes a batch knows the class, not always where it lives. */
function isNamed(type: string, name: string): boolean {
  return type === name || type.endsWith(`.${name}`);
}
