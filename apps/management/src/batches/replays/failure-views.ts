import { z } from 'zod';
import { RUN_CAUSES, RUN_STATES, type BatchRun } from '#shared/domain/batch.js';
import {
  BATCH_EVENT_KINDS,
  type BatchEvent,
  type DeadLetterCounts,
  type FailureGroup,
} from '#shared/domain/failure-group.js';
import type { GroupPage } from '#shared/store/dead-letter-store.js';

const moment = z.iso.datetime();

export const groupListView = z.object({
  groups: z.array(
    z.object({
      group: z.string().describe('Names the group, in this and in later runs.'),
      type: z.string(),
      message: z.string().describe('Of the first sample, as it was.'),
      items: z.number().int(),
      runs: z.number().int().describe('In how many runs it was seen.'),
      firstSeenAt: moment,
      lastSeenAt: moment,
      sampleRunId: z.uuid(),
      sampleLines: z.array(z.number().int()).describe('The lowest few lines, in that run.'),
    }),
  ),
  next: z.string().optional().describe('The value of "after" for the next page; absent on the last.'),
});

export const deadLettersView = z.object({
  deadLetters: z.number().int().describe('Items that failed.'),
  replaying: z.number().int().describe('Of them: those that another run has now.'),
  healed: z
    .number()
    .int()
    .describe('Of them: those that have succeeded when they were run again, the newest time.'),
  runs: z
    .array(
      z.object({
        runId: z.uuid(),
        cause: z.enum(RUN_CAUSES),
        state: z.enum(RUN_STATES),
        itemsTotal: z.number().int(),
        appVersionId: z.uuid(),
        createdAt: moment,
        endedAt: moment.nullable(),
      }),
    )
    .describe('The runs that went over its items again, the newest first; the newest hundred.'),
});

export const eventListView = z.object({
  events: z.array(
    z.object({
      eventId: z.uuid(),
      kind: z.enum(BATCH_EVENT_KINDS),
      details: z.record(z.string(), z.union([z.string(), z.number()])),
      happenedAt: moment,
    }),
  ),
});

export type GroupListView = z.infer<typeof groupListView>;
export type DeadLettersView = z.infer<typeof deadLettersView>;
export type EventListView = z.infer<typeof eventListView>;

export function toGroupListView({ rows, next }: GroupPage): GroupListView {
  return { groups: rows.map(toGroupView), next };
}

function toGroupView({
  fingerprint,
  firstSeenAt,
  lastSeenAt,
  ...group
}: FailureGroup): GroupListView['groups'][number] {
  const { type, message, items, runs, sampleRunId, sampleLines } = group;
  return {
    group: fingerprint,
    type,
    message,
    items,
    runs,
    firstSeenAt: firstSeenAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    sampleRunId,
    sampleLines: [...sampleLines],
  };
}

export function toDeadLettersView(counts: DeadLetterCounts, children: readonly BatchRun[]): DeadLettersView {
  const { deadLetters, replaying, healed } = counts;
  const runs = children.map(({ id, cause, state, itemsTotal, appVersionId, createdAt, endedAt }) => ({
    runId: id,
    cause,
    state,
    itemsTotal,
    appVersionId,
    createdAt: createdAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  }));
  return { deadLetters, replaying, healed, runs };
}

export function toEventListView(events: readonly BatchEvent[]): EventListView {
  return {
    events: events.map(({ id, kind, details, happenedAt }) => ({
      eventId: id,
      kind,
      details: { ...details },
      happenedAt: happenedAt.toISOString(),
    })),
  };
}
