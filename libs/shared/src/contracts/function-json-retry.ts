import { z } from 'zod';
import type { RetryPolicy } from '../domain/retry-policy.js';
import { parseTimeSpanMs } from '../domain/time-span.js';

const INTERVAL_MESSAGE = 'must be a time span "hh:mm:ss", for example "00:00:10"';

const intervalSchema = z.string(INTERVAL_MESSAGE).transform((text, context) => {
  const milliseconds = parseTimeSpanMs(text);
  if (milliseconds !== null) return milliseconds;
  context.addIssue({ code: 'custom', message: INTERVAL_MESSAGE });
  return z.NEVER;
});

const maxRetryCountSchema = z
  .int('must be a whole number: how often to try again, -1 without end')
  .min(-1, 'must be -1 (without end), 0 or more');

/** `retry` as `function.json` and `host.json` write it. Words are taken in any case, as Azure does. */
export const retrySchema = z
  .preprocess(
    lowerStrategy,
    z.discriminatedUnion(
      'strategy',
      [
        z.looseObject({
          strategy: z.literal('fixeddelay'),
          maxRetryCount: maxRetryCountSchema,
          delayInterval: intervalSchema,
        }),
        z
          .looseObject({
            strategy: z.literal('exponentialbackoff'),
            maxRetryCount: maxRetryCountSchema,
            minimumInterval: intervalSchema,
            maximumInterval: intervalSchema,
          })
          .refine((retry) => retry.minimumInterval <= retry.maximumInterval, {
            path: ['minimumInterval'],
            message: 'must not be longer than maximumInterval',
          }),
      ],
      'must be "fixedDelay" or "exponentialBackoff"',
    ),
  )
  .transform((retry): RetryPolicy =>
    retry.strategy === 'fixeddelay'
      ? { strategy: 'fixedDelay', maxRetryCount: retry.maxRetryCount, delayMs: retry.delayInterval }
      : {
          strategy: 'exponentialBackoff',
          maxRetryCount: retry.maxRetryCount,
          minimumDelayMs: retry.minimumInterval,
          maximumDelayMs: retry.maximumInterval,
        },
  );

function lowerStrategy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('strategy' in value)) return value;
  return typeof value.strategy === 'string' ? { ...value, strategy: value.strategy.toLowerCase() } : value;
}
