import type { Selectable } from 'kysely';
import type {
  BatchChunk,
  BatchRun,
  EarlierFailure,
  InputState,
  ItemOutcome,
  ItemState,
  ItemTrigger,
  RunCause,
  RunState,
  StoredItem,
} from '../../domain/batch.js';
import { failureFingerprint } from '../../domain/failure-groups/failure-fingerprint.js';
import type { LogLine } from '../../domain/invocation.js';
import type { BulkRows, BulkTarget } from './bulk-write.js';
import type { BatchChunkTable, BatchItemTable, BatchRunTable } from './batch-schema.js';
import { asDate, asDateOrNull, asNumber, fromJson, fromJsonOrUndefined } from './values.js';

export type BatchRunRow = Selectable<BatchRunTable> & {
  readonly batch_name: string;
  readonly app_name: string;
};

export function toBatchRun(row: BatchRunRow): BatchRun {
  return {
    id: row.id,
    batchId: row.batch_id,
    name: row.batch_name,
    appId: row.app_id,
    appName: row.app_name,
    appVersionId: row.app_version_id,
    functionName: row.function_name,
    state: row.state as RunState,
    inputDigest: row.input_digest,
    inputSizeBytes: asNumber(row.input_size_bytes),
    itemsTotal: asNumber(row.items_total),
    cursor: { byteOffset: asNumber(row.cursor_byte), lineNumber: asNumber(row.cursor_line) },
    failure: fromJsonOrUndefined(row.failure),
    createdAt: asDate(row.created_at),
    startedAt: asDateOrNull(row.started_at),
    endedAt: asDateOrNull(row.ended_at),
    inputState: row.input_state as InputState,
    batchVersion: row.batch_version,
    cause: row.cause as RunCause,
    plannedAt: asDateOrNull(row.planned_at),
    businessDate: row.business_date,
    windowEndsAt: asDateOrNull(row.window_ends_at),
    deadlineAt: asDateOrNull(row.deadline_at),
    priority: row.priority,
    pool: row.pool,
    parentRunId: row.parent_run_id,
    settings: row.settings === null ? null : fromJson(row.settings),
    waitReason: row.wait_reason === null ? null : fromJson(row.wait_reason),
    notBefore: asDateOrNull(row.not_before),
    itemTrigger: row.item_trigger as ItemTrigger,
    terminatedAt: asDateOrNull(row.terminated_at),
  };
}

export function toBatchChunk(row: Selectable<BatchChunkTable>): BatchChunk {
  return {
    id: row.id,
    runId: row.run_id,
    state: row.state as BatchChunk['state'],
    byteStart: asNumber(row.byte_start),
    byteEnd: asNumber(row.byte_end),
    firstLine: asNumber(row.first_line),
    lineCount: row.line_count,
    itemCount: row.item_count,
    dispatchCount: row.dispatch_count,
    itemsAtOnce: row.items_at_once ?? undefined,
    itemsPerSecond: row.items_per_second ?? undefined,
  };
}

export const ITEMS: BulkTarget = {
  table: 'batch_items',
  columns: [
    { name: 'run_id', kind: 'id' },
    { name: 'line_number', kind: 'bigint' },
    { name: 'state', kind: 'word' },
    { name: 'attempts', kind: 'int' },
    { name: 'started_at', kind: 'time' },
    { name: 'duration_ms', kind: 'float' },
    { name: 'output', kind: 'text', nullable: true },
    { name: 'failure', kind: 'text', nullable: true },
    { name: 'logs', kind: 'text', nullable: true },
    { name: 'fingerprint', kind: 'name', nullable: true },
    { name: 'earlier_failures', kind: 'text', nullable: true },
  ],
  key: ['run_id', 'line_number'],
};

/** Outcomes of items as rows of `ITEMS`. */
export class ItemRows implements BulkRows {
  readonly count: number;
  private readonly items: readonly ItemOutcome[];
  private readonly runIds: readonly string[];

  constructor(parts: readonly { readonly runId: string; readonly items: readonly ItemOutcome[] }[]) {
    this.items = parts.flatMap((part) => part.items);
    this.runIds = parts.flatMap((part) => part.items.map(() => part.runId));
    this.count = this.items.length;
  }

  /** Once for every item of every batch: it does no more than a row costs anyway. */
  fill(index: number, values: unknown[], at: number): void {
    const item = this.items[index];
    if (!item) throw new RangeError(`There is no row ${index}`);
    values[at] = this.runIds[index];
    values[at + 1] = item.lineNumber;
    values[at + 2] = item.state;
    values[at + 3] = item.attempts;
    values[at + 4] = item.startedAt.getTime();
    values[at + 5] = item.durationMs;
    values[at + 6] = item.output === undefined ? null : JSON.stringify(item.output);
    values[at + 7] = item.failure === undefined ? null : JSON.stringify(item.failure);
    values[at + 8] = item.logs === undefined || item.logs.length === 0 ? null : JSON.stringify(item.logs);
    values[at + 9] = item.state === 'failed' && item.failure ? failureFingerprint(item.failure) : null;
    values[at + 10] = item.earlierFailures === undefined ? null : JSON.stringify(item.earlierFailures);
  }
}

export function toStoredItem(row: Selectable<BatchItemTable>): StoredItem {
  return {
    lineNumber: asNumber(row.line_number),
    state: row.state as ItemState,
    attempts: row.attempts,
    startedAt: asDate(row.started_at),
    durationMs: row.duration_ms,
    output: fromJsonOrUndefined(row.output),
    failure: fromJsonOrUndefined(row.failure),
    logs: row.logs === null ? undefined : toLogs(row.logs),
    earlierFailures: row.earlier_failures === null ? undefined : toEarlierFailures(row.earlier_failures),
    fingerprint: row.fingerprint ?? undefined,
    replayedBy: row.replayed_by ?? undefined,
  };
}

function toEarlierFailures(json: string): EarlierFailure[] {
  return fromJson<(Omit<EarlierFailure, 'startedAt'> & { startedAt: string })[]>(json).map((failure) => ({
    ...failure,
    startedAt: new Date(failure.startedAt),
  }));
}

function toLogs(json: string): LogLine[] {
  return fromJson<(Omit<LogLine, 'loggedAt'> & { loggedAt: string })[]>(json).map((line) => ({
    ...line,
    loggedAt: new Date(line.loggedAt),
  }));
}
