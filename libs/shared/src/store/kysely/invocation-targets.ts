import type { BulkTarget } from './bulk-write.js';

const COLUMNS: BulkTarget['columns'] = [
  { name: 'id', kind: 'id' },
  { name: 'app_id', kind: 'id' },
  { name: 'app_version_id', kind: 'id' },
  { name: 'function_name', kind: 'name' },
  { name: 'trigger_kind', kind: 'word' },
  { name: 'state', kind: 'word' },
  { name: 'fence', kind: 'bigint' },
  { name: 'outcome_fence', kind: 'bigint', nullable: true },
  { name: 'dispatch_count', kind: 'int' },
  { name: 'dispatched_at', kind: 'time', nullable: true },
  { name: 'idempotency_key', kind: 'key', nullable: true },
  { name: 'schedule_id', kind: 'id', nullable: true },
  { name: 'input', kind: 'text', nullable: true },
  { name: 'output', kind: 'text', nullable: true },
  { name: 'failure', kind: 'text', nullable: true },
  { name: 'attempts', kind: 'text' },
  { name: 'input_truncated', kind: 'flag' },
  { name: 'output_truncated', kind: 'flag' },
  { name: 'logs_truncated', kind: 'flag' },
  { name: 'machine_id', kind: 'id', nullable: true },
  { name: 'cold_start', kind: 'flag' },
  { name: 'accepted_at', kind: 'time' },
  { name: 'started_at', kind: 'time', nullable: true },
  { name: 'ended_at', kind: 'time', nullable: true },
  { name: 'trace_parent', kind: 'key', nullable: true },
];

/** Promises: new rows only. */
export const PROMISES: BulkTarget = { table: 'invocations', columns: COLUMNS, key: ['id'] };

/**
 * Outcomes. A promise takes one outcome, from an attempt that no newer claim has overtaken. A row that came with its outcome
 * gives way to a later attempt's.
 */
export const OUTCOMES: BulkTarget = {
  table: 'invocations',
  columns: COLUMNS,
  key: ['id'],
  overwrite: {
    columns: [
      'state',
      'fence',
      'outcome_fence',
      'output',
      'failure',
      'attempts',
      'output_truncated',
      'logs_truncated',
      'machine_id',
      'cold_start',
      'started_at',
      'ended_at',
    ],
    when: (stored, fresh) =>
      `(${stored}.dispatch_count > 0 and ${stored}.state = 'queued' and ${stored}.fence <= ${fresh}.fence)` +
      ` or (${stored}.dispatch_count = 0 and ${stored}.fence < ${fresh}.fence)`,
  },
};

export const INVOCATION_LOGS: BulkTarget = {
  table: 'invocation_logs',
  columns: [
    { name: 'invocation_id', kind: 'id' },
    { name: 'fence', kind: 'bigint' },
    { name: 'line_number', kind: 'int' },
    { name: 'logged_at', kind: 'time' },
    { name: 'level', kind: 'word' },
    { name: 'category', kind: 'word' },
    { name: 'message', kind: 'text' },
  ],
  key: ['invocation_id', 'fence', 'line_number'],
};
