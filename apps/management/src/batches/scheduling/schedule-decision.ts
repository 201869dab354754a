import type { BatchDefinition } from '#shared/domain/batch-definition.js';
import { decideDue, type DueStart, type SkipReason } from '#shared/domain/scheduling/misfire.js';
import { nextPlanned, type Occurrence } from '#shared/domain/scheduling/occurrences.js';
import { decideOverlap, type OpenRun, overlapPolicyFor } from '#shared/domain/scheduling/overlap.js';
import type { SchedulePlan } from '#shared/domain/scheduling/schedule-plan.js';

/** What is known of a batch that the scheduler looks at. */
export interface ScheduleFacts {
  readonly definition: BatchDefinition;
  /** Null: its definition names no times any more. */
  readonly plan: SchedulePlan | null;
  readonly settledUntil: Date;
  /** Its runs that have not ended, the oldest first. */
  readonly open: readonly OpenRun[];
  readonly now: Date;
}

export interface ScheduleDecision {
  /** The oldest first. What does not begin at once is looked at again with the runs that wait. */
  readonly starts: readonly { readonly start: DueStart; readonly beginsAtOnce: boolean }[];
  readonly skips: readonly { readonly plannedAt: Date; readonly reason: string }[];
  /** Null: nothing is to come. */
  readonly nextDueAt: Date | null;
}

/** Of very many that were missed, the newest are put on record, and how many there were. */
const MOST_SKIPS_ON_RECORD = 50;

const WORDS: Readonly<Record<SkipReason, string>> = {
  paused: 'The batch was paused.',
  misfire: 'It was missed, and the misfire policy does not make up for it.',
  tooLate: 'It was missed, and could only begin after catchUpSeconds.',
};
const OVERLAPS = 'Another run of the batch had not ended (overlap policy).';

/** What becomes of a batch's occurrences that are due, and when to look again. */
export function decideSchedule(facts: ScheduleFacts): ScheduleDecision {
  const { definition, plan, now } = facts;
  if (!plan) return { starts: [], skips: [], nextDueAt: null };
  const due = decideDue({ ...facts, ...definition, plan, isPaused: false });
  const nextDueAt = nextPlanned(plan, due.settledUntil ?? later(facts.settledUntil, now))?.plannedAt ?? null;
  const open = [...facts.open];
  const starts: ScheduleDecision['starts'][number][] = [];
  const skips = due.skipped.map(({ occurrence, reason }) => skipOf(occurrence, WORDS[reason]));
  for (const start of due.starts) {
    const decision = decideOverlap(overlapPolicyFor(definition.overlap, start.cause), open);
    if (decision.action === 'skip') skips.push(skipOf(start.occurrence, OVERLAPS));
    else {
      const isFree = decision.action === 'start' && decision.terminate.length === 0;
      const beginsAtOnce = isFree && start.notBefore <= now && !definition.dependsOn?.length;
      starts.push({ start, beginsAtOnce });
      open.push({ id: start.occurrence.plannedAt.toISOString(), hasBegun: beginsAtOnce });
    }
  }
  return { starts, skips: newest(skips), nextDueAt };
}

function skipOf({ plannedAt }: Occurrence, reason: string) {
  return { plannedAt, reason };
}

/** All that are left out are older than those that stay: what is settled is told by the newest. */
function newest(skips: ScheduleDecision['skips']): ScheduleDecision['skips'] {
  const ordered = skips.toSorted((a, b) => a.plannedAt.getTime() - b.plannedAt.getTime());
  const kept = ordered.slice(-MOST_SKIPS_ON_RECORD);
  const [first, ...rest] = kept;
  const leftOut = ordered.length - kept.length;
  if (!first || leftOut === 0) return kept;
  return [{ ...first, reason: `${first.reason} So were ${leftOut} before it.` }, ...rest];
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other;
}
