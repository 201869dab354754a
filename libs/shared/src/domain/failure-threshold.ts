import type { FailureThreshold } from './batch-definition.js';

export interface FailureSituation {
  readonly itemsTotal: number;
  readonly itemsSucceeded: number;
  readonly itemsFailed: number;
}

/** Of two items one failed is 50 %, which says nothing: shares count once so many items have an outcome, or all of a smaller run. */
const LEAST_ITEMS_FOR_PERCENT = 100;

export type FailureVerdict =
  | { readonly kind: 'goOn' }
  /** `reached` says in words which limit was reached. */
  | { readonly kind: 'warn' | 'stop'; readonly reached: string };

/** Whether so many failures stop a run, or are to be told. A limit is reached by as many failures as it says. */
export function judgeFailures(limits: FailureThreshold, situation: FailureSituation): FailureVerdict {
  const stop = reachedOf(limits.items, limits.percent, situation);
  if (stop !== null) return { kind: 'stop', reached: stop };
  const warn = reachedOf(limits.warnItems, limits.warnPercent, situation);
  return warn === null ? { kind: 'goOn' } : { kind: 'warn', reached: warn };
}

function reachedOf(
  items: number | undefined,
  percent: number | undefined,
  { itemsTotal, itemsSucceeded, itemsFailed }: FailureSituation,
): string | null {
  if (itemsFailed === 0) return null;
  if (items !== undefined && itemsFailed >= items)
    return `${itemsFailed} items failed; the limit is ${items}`;
  const ended = itemsSucceeded + itemsFailed;
  if (percent === undefined || ended < Math.min(LEAST_ITEMS_FOR_PERCENT, itemsTotal)) return null;
  const share = (100 * itemsFailed) / ended;
  if (share < percent) return null;
  return `${itemsFailed} of ${ended} items failed, which is ${Number(share.toFixed(1))} %; the limit is ${percent} %`;
}
