import type { ChannelResult } from '../../channel/language-worker-channel.js';
import type { ContainerExit } from '../container-runtime.js';

/**
 * How a function ended in a container. `displaced`: the container went and this function is not known to be to blame; run it
 * again, nothing is used up. It is a `suspect` when the process ended or stood still with several in flight: one of them did it.
 */
export type HostResult =
  | ChannelResult
  | { readonly state: 'timedOut' }
  | { readonly state: 'exited'; readonly exit: ContainerExit }
  | { readonly state: 'displaced'; readonly suspect: boolean };

/** What is known of one function whose container went while it ran. */
export interface EndingFacts {
  readonly exit: ContainerExit;
  /** It was past its time. */
  readonly timedOut: boolean;
  /** The container did not end by itself: it was killed for somebody's time-out, or retired. */
  readonly endedByUs: boolean;
  /** The language worker answered nobody any more when it was killed for a time-out. */
  readonly wasStuck: boolean;
  /** No other function was in the container. */
  readonly wasAlone: boolean;
}

/** Whether a function is to blame for the end of its container. */
export function judgeEnding({ exit, timedOut, endedByUs, wasStuck, wasAlone }: EndingFacts): HostResult {
  if (timedOut) return { state: 'timedOut' };
  if (endedByUs) return { state: 'displaced', suspect: wasStuck };
  return wasAlone ? { state: 'exited', exit } : { state: 'displaced', suspect: true };
}

/** One sentence about how a process ended, with the last of what it wrote. */
export function describeExit(exit: ContainerExit): string {
  const how =
    exit.cause === 'memoryLimit'
      ? 'The process used more memory than its limit and was killed.'
      : `The process ended with exit code ${exit.exitCode ?? 'unknown'}.`;
  return exit.lastStderr.trim() === '' ? how : `${how} It last wrote: ${exit.lastStderr.trim()}`;
}
