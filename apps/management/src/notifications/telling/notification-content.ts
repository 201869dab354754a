import type { NotifiedEvent } from '#shared/domain/batch-definition.js';
import type { BatchRun } from '#shared/domain/batch.js';
import { failuresInARow } from '#shared/domain/notifications/due-notifications.js';
import type { NotificationContent } from '#shared/domain/notifications/notification.js';
import type { ToldFacts } from '#shared/store/notification-store.js';
import { minuteOf } from '../sending/moments.js';

/** Failures may quote a whole document. */
const LONGEST_MESSAGE = 500;

/** What a notification says, of the run as it is now. @param origin where people reach management */
export function contentOf(event: NotifiedEvent, facts: ToldFacts, origin: string): NotificationContent {
  const { run, progress } = facts;
  return {
    event,
    app: run.appName,
    batch: run.name,
    runId: run.id,
    state: run.state,
    cause: run.cause,
    businessDate: run.businessDate,
    plannedAt: momentOf(run.plannedAt),
    startedAt: momentOf(run.startedAt),
    endedAt: momentOf(run.endedAt),
    deadlineAt: momentOf(run.deadlineAt),
    items: {
      total: run.itemsTotal,
      succeeded: progress.itemsSucceeded,
      failed: progress.itemsFailed,
      cancelled: progress.itemsCancelled,
    },
    failuresInARow: failuresInARow(facts),
    failure: run.failure ? { type: run.failure.type, message: shortened(run.failure.message) } : null,
    message: SENTENCES[event](facts),
    runUrl: `${origin}/api/v1/batches/runs/${run.id}`,
    happenedAt: (facts.event?.happenedAt ?? run.endedAt ?? new Date(0)).toISOString(),
  };
}

type Sentence = (facts: ToldFacts) => string;

const SENTENCES: Readonly<Record<NotifiedEvent, Sentence>> = {
  failed: (facts) => {
    const failures = failuresInARow(facts);
    const inARow = failures > 1 ? ` ${failures} runs in a row have failed.` : '';
    return `${nameOf(facts.run)} ${howItFailed(facts)}${inARow}`;
  },
  recovered: ({ run, failedBefore }) => {
    const runs = failedBefore.length === 1 ? 'a run' : `${failedBefore.length} runs in a row`;
    return `${nameOf(run)} succeeded, after ${runs} that failed.`;
  },
  succeeded: ({ run }) => `${nameOf(run)} succeeded: ${itemsOf(run.itemsTotal)}.`,
  warning: ({ run, progress, event }) => {
    const reached = event?.details['reached'];
    const limit = reached === undefined ? '' : ` A limit that warns was reached: ${String(reached)}.`;
    return `Many items of ${nameOf(run)} fail: ${progress.itemsFailed} of ${run.itemsTotal} so far.${limit}`;
  },
  late: (facts) => `${nameOf(facts.run)} ${howItIsLate(facts)}`,
};

function howItFailed({ run, progress }: ToldFacts): string {
  if (run.state === 'completedWithFailures')
    return `ended with ${progress.itemsFailed + progress.itemsCancelled} of ${itemsOf(run.itemsTotal)} that did not succeed.`;
  return run.failure ? `failed: ${shortened(run.failure.message)}` : 'failed.';
}

function howItIsLate({ run, progress, event }: ToldFacts): string {
  const { deadlineAt, endedAt } = run;
  const deadline = deadlineAt ? `its deadline, ${minuteOf(deadlineAt.toISOString())}` : 'its deadline';
  if (event && deadlineAt && event.happenedAt < deadlineAt) {
    const reason = event.details['reason'];
    return `is expected to miss ${deadline}.${reason === undefined ? '' : ` ${String(reason)}`}`;
  }
  if (endedAt) return `ended at ${minuteOf(endedAt.toISOString())}, after ${deadline}.`;
  const done = progress.itemsSucceeded + progress.itemsFailed + progress.itemsCancelled;
  return `has passed ${deadline}, and goes on: ${done} of ${itemsOf(run.itemsTotal)} are done.`;
}

function nameOf({ appName, name, businessDate }: BatchRun): string {
  return businessDate === null ? `${appName}/${name}` : `${appName}/${name} of ${businessDate}`;
}

function itemsOf(count: number): string {
  return count === 1 ? '1 item' : `${count} items`;
}

function shortened(text: string): string {
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
}

function momentOf(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
