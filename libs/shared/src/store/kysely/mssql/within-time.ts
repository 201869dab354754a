import { UnavailableError } from '../../../domain/errors.js';

/**
 * Waits for a promise, but not for longer than this; then calls `giveUp`.
 * Throws `UnavailableError` when the time is over.
 */
export async function withinTime<T>(
  promise: Promise<T>,
  timeoutMs: number,
  what: string,
  giveUp: () => void = () => undefined,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      giveUp();
      reject(new UnavailableError(`SQL Server did not finish a ${what} within ${timeoutMs / 1000} seconds.`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
