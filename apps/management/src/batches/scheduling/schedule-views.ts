import { z } from 'zod';
import type { DefinedBatch } from '#shared/domain/defined-batch.js';
import type { Occurrence } from '#shared/domain/scheduling/occurrences.js';
import type { SchedulePlan } from '#shared/domain/scheduling/schedule-plan.js';
import { localIsoOf } from '#shared/domain/scheduling/zone-time.js';
import type { BatchOccurrence } from '#shared/store/occurrence-store.js';
import type { PlannedBackfill } from './backfills.js';
import { deadlineOf } from './batch-plan.js';

const moment = z.iso.datetime();
const businessDate = z.string().describe('The business day that it is for, such as 2026-11-30.');

export const upcomingView = z.object({
  app: z.string(),
  batch: z.string(),
  timeZone: z.string().nullable().describe('Of the schedule; null: the batch has no times of its own.'),
  pause: z.object({ at: moment, by: z.string(), note: z.string() }).nullable(),
  next: z
    .array(
      z.object({
        at: moment,
        local: z.string().describe('The same time in the time zone.'),
        businessDate,
        windowEndsAt: moment.nullable(),
        deadlineAt: moment.nullable(),
      }),
    )
    .describe('What comes next if nothing changes; what is paused comes once it is resumed.'),
});

export const occurrenceListView = z.object({
  occurrences: z.array(
    z.object({
      plannedAt: moment,
      claimedAt: moment.describe('When it was decided what becomes of it.'),
      runId: z.uuid().nullable().describe('null: it was not run.'),
      reason: z.string().nullable().describe('Why it was not run.'),
    }),
  ),
  next: moment.optional().describe('The value of "before" for the next page; absent on the last.'),
});

export const backfillView = z.object({
  notBefore: moment.describe('When the first of them may begin: now, or when the next window opens.'),
  runs: z
    .array(
      z.object({ runId: z.uuid().nullable().describe('null: a dry run.'), plannedAt: moment, businessDate }),
    )
    .describe('The oldest first; they run one after the other, unless runs of the batch may overlap.'),
});

export type UpcomingView = z.infer<typeof upcomingView>;
export type OccurrenceListView = z.infer<typeof occurrenceListView>;
export type BackfillView = z.infer<typeof backfillView>;

export function toUpcomingView(
  { definition, pause }: DefinedBatch,
  plan: SchedulePlan | null,
  occurrences: readonly Occurrence[],
): UpcomingView {
  return {
    app: definition.app,
    batch: definition.name,
    timeZone: plan?.frame.timeZone ?? null,
    pause: pause && { ...pause, at: pause.at.toISOString() },
    next: occurrences.map(({ plannedAt, window, ...occurrence }) => ({
      at: plannedAt.toISOString(),
      local: localIsoOf(plannedAt, plan?.frame.timeZone ?? 'UTC'),
      businessDate: occurrence.businessDate,
      windowEndsAt: window?.endsAt.toISOString() ?? null,
      deadlineAt:
        (plan && deadlineOf(definition, plan, { notBefore: plannedAt, window })?.toISOString()) ?? null,
    })),
  };
}

/** @param occurrences newest first, with one more than the page has */
export function toOccurrenceListView(
  occurrences: readonly BatchOccurrence[],
  limit: number,
): OccurrenceListView {
  const shown = occurrences.slice(0, limit);
  const last = shown.at(-1);
  return {
    occurrences: shown.map((one) => ({
      ...one,
      plannedAt: one.plannedAt.toISOString(),
      claimedAt: one.claimedAt.toISOString(),
    })),
    ...(occurrences.length > limit && last ? { next: last.plannedAt.toISOString() } : {}),
  };
}

export function toBackfillView({ notBefore, runs }: PlannedBackfill): BackfillView {
  return {
    notBefore: notBefore.toISOString(),
    runs: runs.map((run) => ({ ...run, plannedAt: run.plannedAt.toISOString() })),
  };
}
