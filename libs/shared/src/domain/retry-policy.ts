/** Azure's retry policy of a function (`function.json`, `host.json` or `app.…({ retry })`). */
export type RetryPolicy =
  | { readonly strategy: 'fixedDelay'; readonly maxRetryCount: number; readonly delayMs: number }
  | {
      readonly strategy: 'exponentialBackoff';
      readonly maxRetryCount: number;
      readonly minimumDelayMs: number;
      readonly maximumDelayMs: number;
    };

/** Azure's word for "no end of retries" is -1. */
export const UNLIMITED_RETRIES = -1;

/**
 * How long to wait before retry number `retryCount` (1 is the first), or null when the policy is used up.
 * @param random a number in [0, 1): exponential back-off spreads its delays by ±20 % so that retries don't march in step.
 */
export function retryDelayMs(
  policy: RetryPolicy | undefined,
  retryCount: number,
  random: number,
): number | null {
  if (!policy) return null;
  if (policy.maxRetryCount !== UNLIMITED_RETRIES && retryCount > policy.maxRetryCount) return null;
  if (policy.strategy === 'fixedDelay') return policy.delayMs;
  const doubled = policy.minimumDelayMs * 2 ** Math.min(retryCount - 1, 30);
  const spread = 0.8 + 0.4 * random;
  return Math.min(policy.maximumDelayMs, Math.max(policy.minimumDelayMs, doubled * spread));
}
