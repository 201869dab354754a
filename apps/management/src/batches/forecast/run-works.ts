import type { BatchRun } from '#shared/domain/batch.js';
import type { RunWork } from './finish.js';
import type { ItemTime } from './item-time.js';
import type { Unknown } from './run-forecast.js';

/** What is known of an open run. */
export interface OpenRunFacts {
  readonly run: BatchRun;
  /** The one that it is for, or the installation's. */
  readonly pool: string;
  /** Items that have an outcome. */
  readonly itemsDone: number;
  readonly time: ItemTime | null;
}

export type KnownWork =
  { readonly work: RunWork; readonly unknown: null } | { readonly work: null; readonly unknown: Unknown };

/** What stands between each open run and its end: its own items, and those of the runs before and beside it in its pool. */
export function runWorks(runs: readonly OpenRunFacts[], nowMs: number): ReadonlyMap<string, KnownWork> {
  const running = runs.filter(({ run }) => run.state !== 'scheduled' && beginsAt(run) <= nowMs);
  return new Map(runs.map((facts) => [facts.run.id, workOf(facts, running)]));
}

function workOf(facts: OpenRunFacts, running: readonly OpenRunFacts[]): KnownWork {
  const { run, time, pool } = facts;
  const unknown = whyUnknown(facts);
  if (unknown !== null || time === null) return { work: null, unknown: unknown ?? 'noItemTimes' };
  const others = running.filter((other) => other.run.id !== run.id && other.pool === pool);
  const before = others.filter((other) => other.run.priority > run.priority).map(wantedBy);
  return {
    unknown: null,
    work: {
      itemsLeft: itemsLeft(facts),
      time,
      beginsAtMs: beginsAt(run),
      windowEndsAtMs: run.windowEndsAt?.getTime() ?? null,
      workBefore: before.reduce((sum, work) => sum + work, 0),
      workBeside: others.filter((other) => other.run.priority === run.priority).map(wantedBy),
      mostAtOnce: mostAtOnce(run, time, running),
    },
  };
}

function whyUnknown({ run, time }: OpenRunFacts): Unknown | null {
  if (run.state === 'scheduled' && beginsAt(run) === 0) return 'notBegun';
  if (run.inputState !== 'ready') return 'inputNotMade';
  return time === null ? 'noItemTimes' : null;
}

/** Of a run whose items or times are not known nothing is counted. */
function wantedBy(facts: OpenRunFacts): number {
  return facts.time === null ? 0 : itemsLeft(facts) * facts.time.mean;
}

function itemsLeft({ run, itemsDone }: OpenRunFacts): number {
  return Math.max(0, run.itemsTotal - itemsDone);
}

/** Milliseconds since 1970; 0: nothing is said. */
function beginsAt({ notBefore, plannedAt, state }: BatchRun): number {
  return Math.max(notBefore?.getTime() ?? 0, state === 'scheduled' ? (plannedAt?.getTime() ?? 0) : 0);
}

/** Items that the run's own limits let run at once. Runs that share a key share its limit. */
function mostAtOnce({ settings }: BatchRun, time: ItemTime, running: readonly OpenRunFacts[]): number {
  const { run: ofRun = Infinity, key } = settings?.concurrencyLimit ?? {};
  const rate = settings?.rateLimit?.itemsPerSecond;
  const byRate = rate === undefined ? Infinity : rate * time.mean;
  const sharing = running.filter(
    (other) => other.run.settings?.concurrencyLimit?.key?.name === key?.name,
  ).length;
  const byKey = key ? key.limit / Math.max(1, sharing) : Infinity;
  return Math.min(ofRun, byKey, byRate);
}
