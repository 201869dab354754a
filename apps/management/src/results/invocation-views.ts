import { z } from 'zod';
import type { WaitReason } from '#shared/domain/batch.js';
import type { LogLine } from '#shared/domain/invocation.js';
import type { InvocationRecord } from '#shared/store/invocation-store.js';

export const INVOCATION_STATES = [
  'queued',
  'succeeded',
  'failed',
  'timedOut',
  'cancelled',
  'abandoned',
] as const;

const moment = z.iso.datetime();

const failureView = z.object({
  source: z.enum(['function', 'platform']).describe('Whose fault it was.'),
  type: z.string(),
  message: z.string(),
  stack: z.string().optional(),
});

const attemptView = z.object({
  number: z.number().int().describe('1 is the first.'),
  startedAt: moment,
  durationMs: z.number(),
  failure: failureView.optional(),
});

/** An invocation in a list. */
export const invocationSummaryView = z.object({
  id: z.uuid(),
  app: z.string(),
  appVersionId: z.uuid(),
  function: z.string(),
  trigger: z.enum(['http', 'timer', 'queue', 'manual']),
  state: z.enum(INVOCATION_STATES).describe('queued is the only one that is not an end.'),
  failure: failureView.nullable(),
  attemptCount: z.number().int(),
  machineId: z.string().nullable(),
  coldStart: z.boolean().describe('A container had to be started for it.'),
  queuedAt: moment,
  startedAt: moment.nullable(),
  endedAt: moment.nullable(),
  waitReason: z
    .object({ code: z.string(), message: z.string() })
    .nullable()
    .describe('Why it does not begin, as far as the requirements of its function say.'),
});

/** An invocation with everything that is known of it but its log. */
export const invocationView = invocationSummaryView.extend({
  input: z.json().nullable().describe('Null when it was larger than what is kept (inputTruncated).'),
  output: z
    .json()
    .nullable()
    .describe('Null when there is none, or it was larger than what is kept (outputTruncated).'),
  inputTruncated: z.boolean(),
  outputTruncated: z.boolean(),
  logsTruncated: z.boolean().describe('It logged more than its limit: lines were dropped.'),
  attempts: z.array(attemptView),
  traceParent: z.string().nullable().describe('W3C trace context of what caused it.'),
});

export const invocationListView = z.object({
  invocations: z.array(invocationSummaryView),
  next: z.string().optional().describe('The value of "after" for the next page; absent on the last.'),
});

export const invocationLogsView = z.object({
  id: z.uuid(),
  truncated: z.boolean().describe('It logged more than its limit: lines were dropped.'),
  lines: z.array(
    z.object({
      loggedAt: moment,
      level: z.enum(['trace', 'debug', 'information', 'warning', 'error', 'critical']),
      category: z.enum(['user', 'system', 'stdout', 'stderr']),
      message: z.string(),
    }),
  ),
});

export const invocationStatusView = invocationSummaryView
  .pick({ id: true, state: true, queuedAt: true, startedAt: true, endedAt: true })
  .extend({ responseUrl: z.string().describe('Where the HTTP response is read once it has ended.') });

export type InvocationSummaryView = z.infer<typeof invocationSummaryView>;
export type InvocationView = z.infer<typeof invocationView>;
export type InvocationListView = z.infer<typeof invocationListView>;
export type InvocationLogsView = z.infer<typeof invocationLogsView>;
export type InvocationStatusView = z.infer<typeof invocationStatusView>;

export function toSummary(
  record: InvocationRecord,
  waitReason: WaitReason | null = null,
): InvocationSummaryView {
  return {
    id: record.id,
    app: record.appName,
    appVersionId: record.appVersionId,
    function: record.functionName,
    trigger: record.trigger,
    state: record.state,
    failure: record.failure ?? null,
    attemptCount: record.attempts.length,
    machineId: record.machineId,
    coldStart: record.coldStart,
    queuedAt: record.acceptedAt.toISOString(),
    startedAt: record.startedAt?.toISOString() ?? null,
    endedAt: record.endedAt?.toISOString() ?? null,
    waitReason,
  };
}

export function toView(record: InvocationRecord, waitReason: WaitReason | null): InvocationView {
  return {
    ...toSummary(record, waitReason),
    // Both are JSON already: they stand so in SQL.
    input: (record.input ?? null) as InvocationView['input'],
    output: (record.output ?? null) as InvocationView['output'],
    inputTruncated: record.inputTruncated,
    outputTruncated: record.outputTruncated,
    logsTruncated: record.logsTruncated,
    attempts: record.attempts.map((attempt) => ({ ...attempt, startedAt: attempt.startedAt.toISOString() })),
    traceParent: record.traceParent,
  };
}

export function toLogs(record: InvocationRecord, lines: readonly LogLine[]): InvocationLogsView {
  return {
    id: record.id,
    truncated: record.logsTruncated,
    lines: lines.map((line) => ({ ...line, loggedAt: line.loggedAt.toISOString() })),
  };
}

export function toStatus(record: InvocationRecord, responseUrl: string): InvocationStatusView {
  const { id, state, queuedAt, startedAt, endedAt } = toSummary(record);
  return { id, state, queuedAt, startedAt, endedAt, responseUrl };
}
