import type { Selectable } from 'kysely';
import type { BatchChunk, BatchRun, ItemOutcome, ItemState, RunState } from '../../domain/batch.js';
import type { LogLine } from '../../domain/invocation.js';
import type { BulkTarget } from './bulk-write.js';
import type { BatchChunkTable, BatchItemTable, BatchRunTable } from './schema.js';
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
  ],
  key: ['run_id', 'line_number'],
};

/** Adds rows in the order of `ITEMS.columns`. Runs once per item of every batch: no more than what a row costs anyway. */
export function pushItems(values: unknown[], runId: string, items: readonly ItemOutcome[]): void {
  for (const item of items) {
    values.push(
      runId,
      item.lineNumber,
      item.state,
      item.attempts,
      item.startedAt.getTime(),
      item.durationMs,
      item.output === undefined ? null : JSON.stringify(item.output),
      item.failure === undefined ? null : JSON.stringify(item.failure),
      item.logs === undefined || item.logs.length === 0 ? null : JSON.stringify(item.logs),
    );
  }
}

export function toItemOutcome(row: Selectable<BatchItemTable>): ItemOutcome {
  return {
    lineNumber: asNumber(row.line_number),
    state: row.state as ItemState,
    attempts: row.attempts,
    startedAt: asDate(row.started_at),
    durationMs: row.duration_ms,
    output: fromJsonOrUndefined(row.output),
    failure: fromJsonOrUndefined(row.failure),
    logs: row.logs === null ? undefined : toLogs(row.logs),
  };
}

function toLogs(json: string): LogLine[] {
  return fromJson<(Omit<LogLine, 'loggedAt'> & { loggedAt: string })[]>(json).map((line) => ({
    ...line,
    loggedAt: new Date(line.loggedAt),
  }));
}
