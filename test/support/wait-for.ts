import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly intervalMs?: number;
  /** What is waited for, for the error. */
  readonly what?: string;
}

const DEFAULT_INTERVAL_MS = 50;

/**
 * Waits until a condition gives something other than false, null or undefined.
 * A condition that throws is one that does not hold yet; its last error stands in the failure.
 * @returns what the condition gave
 * @throws {Error} after the time is up
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs, intervalMs = DEFAULT_INTERVAL_MS, what = 'a condition' }: WaitOptions,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  do {
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined)
        return value as NonNullable<Exclude<T, false>>;
    } catch (error) {
      lastError = error;
    }
    await sleep(intervalMs);
  } while (performance.now() < deadline);
  throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`, { cause: lastError });
}
