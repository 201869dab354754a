import type { BatchNotifications, NotifiedEvent } from '../batch-definition.js';
import type { BatchRun, RunState } from '../batch.js';
import type { BatchEvent } from '../failure-group.js';

/** What there is to tell of a run: that it has ended, or something that happened to it. */
export type RunNews =
  { readonly kind: 'ended' } | { readonly kind: 'event'; readonly event: Pick<BatchEvent, 'kind'> };

/** A run of the same batch that ended before and counts. */
export interface EarlierEnd {
  readonly state: RunState;
  /** Somebody was told that it failed. */
  readonly alerted: boolean;
}

export interface NewsFacts {
  readonly run: Pick<BatchRun, 'state' | 'cause' | 'deadlineAt' | 'endedAt'>;
  readonly news: RunNews;
  /** The newest first, back to the last that succeeded, which is not among them. */
  readonly failedBefore: readonly EarlierEnd[];
}

/** States whose runs count as failures of their batch. Items that failed are failures: nobody may have looked at them. */
export const FAILED_STATES: readonly RunState[] = ['failed', 'completedWithFailures'];

/**
 * Which kinds of notification are due, each once.
 *
 * `failed` is said from the n-th failure in a row on (`afterFailures`, 1 unless said otherwise), `recovered` only of the first success
 * after somebody was told of a failure. A replay goes over some items again, and whoever asked for it looks at it: it says nothing of its
 * end and counts neither way. Runs that were cancelled or carried over count neither way too.
 */
export function dueNotifications(notify: BatchNotifications, facts: NewsFacts): readonly NotifiedEvent[] {
  const due = facts.news.kind === 'ended' ? dueAtEnd(notify, facts) : dueOfEvent(facts.news.event);
  return due.filter((kind) => notify.on.includes(kind));
}

/** Runs in a row that failed, with this one; 0 when it did not fail. */
export function failuresInARow({ run, failedBefore }: Pick<NewsFacts, 'run' | 'failedBefore'>): number {
  return counts(run) && FAILED_STATES.includes(run.state) ? failedBefore.length + 1 : 0;
}

function dueAtEnd({ afterFailures = 1 }: BatchNotifications, facts: NewsFacts): readonly NotifiedEvent[] {
  const { run, failedBefore } = facts;
  const due: NotifiedEvent[] = endedLate(run) ? ['late'] : [];
  if (!counts(run)) return due;
  const failures = failuresInARow(facts);
  if (failures > 0) return failures >= afterFailures ? [...due, 'failed'] : due;
  if (run.state !== 'succeeded') return due;
  return failedBefore.some(({ alerted }) => alerted)
    ? [...due, 'recovered', 'succeeded']
    : [...due, 'succeeded'];
}

/** Between two looks at the clock a run may pass its deadline and end. */
function endedLate({ state, deadlineAt, endedAt }: NewsFacts['run']): boolean {
  return state !== 'cancelled' && deadlineAt !== null && endedAt !== null && endedAt > deadlineAt;
}

function dueOfEvent({ kind }: Pick<BatchEvent, 'kind'>): readonly NotifiedEvent[] {
  if (kind === 'failuresWarning') return ['warning'];
  // `tooManyFailures`: the run ends for it at once, and that is said.
  return kind === 'late' ? ['late'] : [];
}

function counts({ cause }: NewsFacts['run']): boolean {
  return cause !== 'replay';
}
