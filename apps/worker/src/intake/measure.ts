import type { ChunkJob, InvocationJob } from '#shared/contracts/jobs.js';
import type { DurationBook } from '../capacity/admission/duration-book.js';
import type { FunctionEnding } from './function-run.js';

/**
 * Notes how long a call took, all its attempts together. Only of calls that came to their own end, or to that of their time: what
 * fails at once, because something that it needs is away, would make all such work look short.
 * @param items that it had; 1 for what is no group
 */
export function measure(
  durations: Pick<DurationBook, 'measured'>,
  { kind, appId, functionName }: ChunkJob | InvocationJob,
  { state, attempts }: Pick<FunctionEnding, 'state' | 'attempts'>,
  items = 1,
): void {
  if (state !== 'succeeded' && state !== 'timedOut') return;
  const seconds = attempts.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
  durations.measured({ appId, functionName, kind: kind === 'chunk' ? 'item' : 'call' }, seconds / items);
}
