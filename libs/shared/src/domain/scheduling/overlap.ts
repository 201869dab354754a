import type { OverlapPolicy } from '../batch-definition.js';

/** A run of the same batch that has not ended. */
export interface OpenRun {
  readonly id: string;
  /** False: it waits for the runs before it to end. */
  readonly hasBegun: boolean;
}

/**
 * What becomes of a new run while others are open: it begins; it waits until they have ended (`wait`); or it is not made
 * (`skip`). `cancel` are to finish what their items are at and take no more, `terminate` to end at once, `replace` have not begun
 * and never will, since the new one takes their place.
 */
export type OverlapDecision =
  | { readonly action: 'start'; readonly terminate: readonly string[] }
  | { readonly action: 'wait'; readonly cancel: readonly string[]; readonly replace: readonly string[] }
  | { readonly action: 'skip' };

const START: OverlapDecision = { action: 'start', terminate: [] };
const WAIT: OverlapDecision = { action: 'wait', cancel: [], replace: [] };

/**
 * The policy that a run goes by. Runs that make up for others (caught up one by one, backfilled) come several at once: under
 * `skip` all but the first would be lost, so they wait for each other, unless runs may overlap anyway.
 */
export function overlapPolicyFor(
  policy: OverlapPolicy,
  cause: 'schedule' | 'catchUp' | 'backfill',
): OverlapPolicy {
  return cause === 'schedule' || policy === 'allowAll' ? policy : 'bufferAll';
}

/** @param open the batch's runs that have not ended */
export function decideOverlap(policy: OverlapPolicy, open: readonly OpenRun[]): OverlapDecision {
  if (open.length === 0) return START;
  const begun = idsOf(open, true);
  const waiting = idsOf(open, false);
  switch (policy) {
    case 'allowAll':
      return START;
    case 'skip':
      return { action: 'skip' };
    case 'bufferOne':
      // The one that waits stays: it is the older one, and has its place.
      return waiting.length > 0 ? { action: 'skip' } : WAIT;
    case 'bufferAll':
      return WAIT;
    case 'cancelOther':
      return { action: 'wait', cancel: begun, replace: waiting };
    case 'terminateOther':
      return { action: 'start', terminate: [...begun, ...waiting] };
  }
}

/** Which of the runs that wait for others begins now: the first, once none goes on. @param open the oldest first */
export function nextToBegin(open: readonly OpenRun[]): string | null {
  if (open.some(({ hasBegun }) => hasBegun)) return null;
  return open[0]?.id ?? null;
}

function idsOf(open: readonly OpenRun[], hasBegun: boolean): readonly string[] {
  return open.filter((run) => run.hasBegun === hasBegun).map(({ id }) => id);
}
