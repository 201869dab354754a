import type { RunCause, RunState, WaitReason } from '#shared/domain/batch.js';
import type { OverlapPolicy } from '#shared/domain/batch-definition.js';
import type { Failure } from '#shared/domain/invocation.js';
import { overlapPolicyFor } from '#shared/domain/scheduling/overlap.js';
import type { DependencyVerdict } from './dependency-decision.js';

/** A run of a batch that has not ended, as another one of it sees it. */
export interface SiblingRun {
  readonly id: string;
  readonly state: RunState;
  readonly cause: RunCause;
  readonly notBefore: Date | null;
}

export interface AdmissionFacts {
  /** In state `scheduled`, and its time has come. */
  readonly run: SiblingRun;
  readonly overlap: OverlapPolicy;
  /** All open runs of its batch, this one too. */
  readonly open: readonly SiblingRun[];
  readonly dependencies: DependencyVerdict;
  readonly now: Date;
}

/**
 * What becomes of a run whose time has come. `terminate`, `cancel` and `replace` are other runs of its batch; doing that twice does no
 * harm, so that whoever dies in the middle is gone on from.
 */
export type Admission =
  | { readonly action: 'begin'; readonly terminate: readonly string[]; readonly replace: readonly string[] }
  | {
      readonly action: 'wait';
      readonly reason: WaitReason;
      readonly cancel: readonly string[];
      readonly replace: readonly string[];
    }
  | { readonly action: 'end'; readonly state: 'failed' | 'cancelled'; readonly failure: Failure };

/** Whether a run may begin: first its dependencies, then the other runs of its batch. Of those that wait the first begins first. */
export function decideAdmission(facts: AdmissionFacts): Admission {
  const { dependencies, run } = facts;
  if (dependencies.kind === 'impossible') return notMet(dependencies.message, dependencies.isNeedless);
  if (dependencies.kind === 'pending') return wait('DEPENDENCY', dependencies.message);
  const policy = policyOf(facts.overlap, run.cause);
  if (policy === 'allowAll') return { action: 'begin', terminate: [], replace: [] };
  const others = facts.open.filter(({ id }) => id !== run.id);
  const begun = others.filter(({ state }) => state !== 'scheduled');
  const before = others.filter((other) => isBefore(other, run, facts.now));
  if (policy === 'terminateOther') return { action: 'begin', terminate: ids(begun), replace: ids(before) };
  if (policy === 'cancelOther') {
    if (begun.length === 0) return { action: 'begin', terminate: [], replace: ids(before) };
    const cancel = ids(begun.filter(({ state }) => state !== 'cancelling'));
    return {
      ...wait('OVERLAP', `It waits until ${named(begun)} is cancelled.`),
      cancel,
      replace: ids(before),
    };
  }
  const [blocking] = [...begun, ...before];
  if (!blocking) return { action: 'begin', terminate: [], replace: [] };
  return wait('OVERLAP', `It waits until ${named([blocking])} of the same batch has ended (overlap policy).`);
}

/** How a run ends whose dependencies can't be met: it failed, unless it was only wanted after a failure that did not come. */
export function notMet(message: string, isNeedless: boolean): Extract<Admission, { action: 'end' }> {
  return {
    action: 'end',
    state: isNeedless ? 'cancelled' : 'failed',
    failure: { source: 'platform', type: 'DependencyNotMet', message: `It was not run. ${message}` },
  };
}

/** What is carried over is not to be lost to the night's own run, whatever the policy. */
function policyOf(policy: OverlapPolicy, cause: RunCause): OverlapPolicy {
  if (cause === 'carryOver') return overlapPolicyFor(policy, 'catchUp');
  return overlapPolicyFor(policy, cause === 'catchUp' || cause === 'backfill' ? cause : 'schedule');
}

/** Of runs that wait: what is carried over first, then the oldest. What is for later is in nobody's way. */
function isBefore(other: SiblingRun, run: SiblingRun, now: Date): boolean {
  if (other.state !== 'scheduled' || (other.notBefore && other.notBefore > now)) return false;
  const [otherLast, runLast] = [other, run].map(({ cause }) => cause !== 'carryOver');
  return otherLast === runLast ? other.id < run.id : runLast === true;
}

function wait(code: string, message: string): Extract<Admission, { action: 'wait' }> {
  return { action: 'wait', reason: { code, message }, cancel: [], replace: [] };
}

function named([first]: readonly SiblingRun[]): string {
  return `the run ${first?.id}`;
}

function ids(runs: readonly SiblingRun[]): readonly string[] {
  return runs.map(({ id }) => id);
}
