import { ENDED_RUN_STATES } from '#shared/domain/batch.js';
import type { BatchDependency, DependencyCondition } from '#shared/domain/batch-definition.js';
import type { DayRun } from '#shared/store/run-schedule-store.js';

/** A batch that another one waits for, with its runs of the business day, the oldest first. */
export interface Upstream {
  readonly app: string;
  readonly batch: string;
  readonly when: DependencyCondition;
  readonly runs: readonly DayRun[];
}

/**
 * `met` · `pending`: it may still be; `hasRun` says whether there is a run that could bring it about · `impossible`: it can not be any
 * more, unless somebody runs the other batch again.
 */
export type DependencyVerdict =
  | { readonly kind: 'met' }
  | { readonly kind: 'pending'; readonly hasRun: boolean; readonly message: string }
  /** `isNeedless`: it was to run after a failure, and there was none. */
  | { readonly kind: 'impossible'; readonly isNeedless: boolean; readonly message: string };

const MET: DependencyVerdict = { kind: 'met' };
const WORDS: Readonly<Record<DependencyCondition, string>> = {
  succeeded: 'success',
  failed: 'failure',
  ended: 'end',
};

/** Whether all that a run waits for has come about, on its business day. What can't be any more outweighs what is still to come. */
export function judgeDependencies(upstreams: readonly Upstream[], businessDate: string): DependencyVerdict {
  const verdicts = upstreams.map((upstream) => judgeOne(upstream, businessDate));
  const impossible = verdicts.find(({ kind }) => kind === 'impossible');
  if (impossible) return impossible;
  const pending = verdicts.filter((verdict) => verdict.kind === 'pending');
  if (pending.length === 0) return MET;
  return {
    kind: 'pending',
    hasRun: pending.every(({ hasRun }) => hasRun),
    message: pending.map(({ message }) => message).join(' '),
  };
}

/** Of a dependency as it is written, whose app is the batch's own unless it says another. */
export function upstreamOf(
  { app, batch, when }: BatchDependency,
  ownApp: string,
  runs: readonly DayRun[],
): Upstream {
  return { app: app ?? ownApp, batch, when, runs };
}

function judgeOne({ app, batch, when, runs }: Upstream, businessDate: string): DependencyVerdict {
  const name = `${app}/${batch}`;
  // A replay runs some items of a run, and says nothing about the others.
  const counted = runs.filter(({ cause }) => cause !== 'replay');
  const pending = (hasRun: boolean, why: string): DependencyVerdict => ({
    kind: 'pending',
    hasRun,
    message: `It waits for the ${WORDS[when]} of ${name} on ${businessDate}: ${why}.`,
  });
  if (counted.length === 0) return pending(false, 'there is no run yet');
  const open = counted.find(({ state }) => !ENDED_RUN_STATES.includes(state));
  if (open) return pending(true, `the run ${open.id} is ${open.state}`);
  const last = counted.findLast(({ state }) => state !== 'carriedOver');
  // Between a window's end and the run that goes on there is no moment: they are written together.
  if (!last) return pending(true, 'it is carried over');
  if (when === 'ended') return MET;
  const hasSucceeded = last.state === 'succeeded' && failedBefore(last, counted) === 0;
  if (hasSucceeded === (when === 'succeeded')) return MET;
  return {
    kind: 'impossible',
    isNeedless: when === 'failed',
    message: hasSucceeded
      ? `${name} succeeded on ${businessDate} (run ${last.id}), and its failure was waited for.`
      : `${name} did not succeed on ${businessDate} (the run ${last.id} is ${last.state}).`,
  };
}

/** What failed in the runs that the last one carried on. A re-run goes over all of that again. */
function failedBefore(last: DayRun, runs: readonly DayRun[]): number {
  let failed = 0;
  for (let at: DayRun | undefined = last; at?.cause === 'carryOver';) {
    const parentId: string | null = at.parentRunId;
    at = runs.find(({ id }) => id === parentId);
    failed += at?.itemsFailed ?? 0;
  }
  return failed;
}
