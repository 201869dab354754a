import type { Selectable } from 'kysely';
import type { Attempt, InvocationState, LogLine, TriggerKind } from '../../domain/invocation.js';
import type { InvocationRecord, UnfinishedInvocation } from '../invocation-store.js';
import type { InvocationLogTable, InvocationTable } from './schema.js';
import { asBoolean, asDate, asDateOrNull, fromJson, fromJsonOrUndefined } from './values.js';

/** What a list shows; a record has the payloads too. */
export const SUMMARY_COLUMNS = [
  'invocation.id',
  'invocation.app_id',
  'invocation.app_version_id',
  'invocation.function_name',
  'invocation.trigger_kind',
  'invocation.state',
  'invocation.failure',
  'invocation.attempts',
  'invocation.input_truncated',
  'invocation.output_truncated',
  'invocation.logs_truncated',
  'invocation.machine_id',
  'invocation.cold_start',
  'invocation.accepted_at',
  'invocation.started_at',
  'invocation.ended_at',
  'invocation.trace_parent',
] as const;

type SummaryColumn = (typeof SUMMARY_COLUMNS)[number] extends `invocation.${infer Name}` ? Name : never;

export type InvocationRow = Pick<Selectable<InvocationTable>, SummaryColumn> & {
  readonly app_name: string | null;
  readonly input?: string | null;
  readonly output?: string | null;
};

/** `input` and `output` are null when they were not asked for. */
export function toInvocationRecord(row: InvocationRow): InvocationRecord {
  return {
    id: row.id,
    appId: row.app_id,
    appName: row.app_name ?? '',
    appVersionId: row.app_version_id,
    functionName: row.function_name,
    trigger: row.trigger_kind as TriggerKind,
    state: row.state as InvocationState,
    input: fromJsonOrUndefined<NonNullable<InvocationRecord['input']>>(row.input ?? null) ?? null,
    output: fromJsonOrUndefined<NonNullable<InvocationRecord['output']>>(row.output ?? null) ?? null,
    failure: fromJsonOrUndefined<NonNullable<InvocationRecord['failure']>>(row.failure) ?? null,
    attempts: toAttempts(row.attempts),
    inputTruncated: asBoolean(row.input_truncated),
    outputTruncated: asBoolean(row.output_truncated),
    logsTruncated: asBoolean(row.logs_truncated),
    machineId: row.machine_id,
    coldStart: asBoolean(row.cold_start),
    acceptedAt: asDate(row.accepted_at),
    startedAt: asDateOrNull(row.started_at),
    endedAt: asDateOrNull(row.ended_at),
    traceParent: row.trace_parent,
  };
}

function toAttempts(json: string): Attempt[] {
  return fromJson<(Omit<Attempt, 'startedAt'> & { startedAt: string })[]>(json).map((attempt) => ({
    ...attempt,
    startedAt: new Date(attempt.startedAt),
  }));
}

export function toUnfinished(row: Selectable<InvocationTable>): UnfinishedInvocation {
  return {
    id: row.id,
    appId: row.app_id,
    appVersionId: row.app_version_id,
    functionName: row.function_name,
    trigger: row.trigger_kind as TriggerKind,
    // A promise's input is never cut: without it the promise could not be kept.
    input: fromJson(row.input ?? 'null'),
    idempotencyKey: row.idempotency_key ?? undefined,
    traceParent: row.trace_parent ?? undefined,
    dispatchCount: row.dispatch_count,
    acceptedAt: asDate(row.accepted_at),
  };
}

export function toLogLine(row: Selectable<InvocationLogTable>): LogLine {
  return {
    loggedAt: asDate(row.logged_at),
    level: row.level as LogLine['level'],
    category: row.category as LogLine['category'],
    message: row.message,
  };
}
