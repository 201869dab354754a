import type { ChannelResult } from '../../channel/language-worker-channel.js';
import type { ContainerExit } from '../container-runtime.js';
import { isPlatforms } from './exit-words.js';

/**
 * How a function ended in a container, and whose doing that was:
 * `timedOut`, `exited`: its own, it ran longer or its process ended by it. `displaced`: the container went and this function is not
 * known to be to blame; run it again, nothing is used up. It is a `suspect` when the process ended or stood still by one of those
 * in it and nobody knows which, or was killed by nobody knows whom (`exit` says how): only a run alone can tell.
 * `lost`: the platform's doing; another machine may do better. `evicted`: the container was taken from it for the owner of the
 * machine, or because the worker stops.
 */
export type HostResult =
  | ChannelResult
  | { readonly state: 'timedOut' }
  | { readonly state: 'exited'; readonly exit: ContainerExit }
  | { readonly state: 'displaced'; readonly suspect: boolean; readonly exit?: ContainerExit }
  | { readonly state: 'lost'; readonly exit: ContainerExit }
  | { readonly state: 'evicted' };

/** What is known of one function whose container went while it ran. */
export interface EndingFacts {
  readonly exit: ContainerExit;
  /** It was past its time. */
  readonly timedOut: boolean;
  /** For what we ended the container: somebody's time-out, or to have it away though it was busy. Null: we did not. */
  readonly endedFor: 'timeOut' | 'retirement' | null;
  /** The language worker answered nobody any more when it was killed for a time-out. */
  readonly wasStuck: boolean;
  /** No other function was in the container. */
  readonly wasAlone: boolean;
}

/** Whose doing the end of a container was, for one function that was in it. */
export function judgeEnding(facts: EndingFacts): HostResult {
  const { exit, endedFor, wasAlone } = facts;
  if (facts.timedOut) return { state: 'timedOut' };
  if (endedFor === 'retirement') return { state: 'evicted' };
  if (endedFor === 'timeOut') return { state: 'displaced', suspect: facts.wasStuck };
  if (isPlatforms(exit.cause)) return { state: 'lost', exit };
  if (exit.cause === 'restartWanted') return { state: 'displaced', suspect: false };
  if (wasAlone && exit.cause !== 'killed') return { state: 'exited', exit };
  return { state: 'displaced', suspect: true, exit };
}
