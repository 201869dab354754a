import type { CountColumn, JsonColumn, NullableTimeColumn, TimeColumn } from './schema-columns.js';

export interface BatchTable {
  id: string;
  app_id: string;
  name: string;
  created_at: TimeColumn;
  /** Null: runs of this name were asked for, and nothing is defined. */
  current_version: number | null;
  /** Of the current version; null without one. What uses a calendar is found by it. */
  calendar: string | null;
  /** Occurrences planned before it are never claimed: when the schedule was last changed, or the batch resumed. */
  active_since: NullableTimeColumn;
  /** When the scheduler is next to look at it; null: there is nothing to look for. */
  next_due_at: NullableTimeColumn;
  paused_at: NullableTimeColumn;
  paused_by: string | null;
  pause_note: string | null;
  /** Null while the definition holds. The runs of a removed batch stay. */
  removed_at: NullableTimeColumn;
}

/** Never changed once written. */
export interface BatchVersionTable {
  batch_id: string;
  version: number;
  content: JsonColumn;
  changed_by: string;
  changed_at: TimeColumn;
}

/** Whom the current version of a batch waits for. */
export interface BatchDependencyTable {
  batch_id: string;
  depends_on_id: string;
  /** `succeeded`, `failed` or `ended`. */
  condition: string;
}

/** One row, id 1: who changes definitions changes it first, and so waits for others who do. */
export interface BatchGraphTable {
  id: number;
  revision: CountColumn;
}

export interface BatchOccurrenceTable {
  batch_id: string;
  planned_at: TimeColumn;
  /** Null: skipped. */
  run_id: string | null;
  /** Of what was skipped: why. */
  reason: string | null;
  claimed_at: TimeColumn;
}

/** What holds now, and with the version in its key what held when. */
export interface CalendarTable {
  name: string;
  version: number;
  /** Null: removed. */
  content: JsonColumn | null;
  changed_by: string;
  changed_at: TimeColumn;
}

export interface BatchRunTable {
  id: string;
  batch_id: string;
  app_id: string;
  app_version_id: string;
  function_name: string;
  state: string;
  input_digest: string;
  input_size_bytes: CountColumn;
  items_total: CountColumn;
  cursor_byte: CountColumn;
  cursor_line: CountColumn;
  failure: JsonColumn | null;
  idempotency_key: string | null;
  created_at: TimeColumn;
  started_at: NullableTimeColumn;
  ended_at: NullableTimeColumn;
  /** Null: not started by a definition. */
  batch_version: number | null;
  cause: string;
  planned_at: NullableTimeColumn;
  /** `2026-11-30` */
  business_date: string | null;
  window_ends_at: NullableTimeColumn;
  deadline_at: NullableTimeColumn;
  priority: number;
  pool: string | null;
  parent_run_id: string | null;
  settings: JsonColumn | null;
  wait_reason: JsonColumn | null;
  input_state: string;
  not_before: NullableTimeColumn;
  item_trigger: string;
  /** What runs of it is to be ended at once. */
  terminated_at: NullableTimeColumn;
  /** While `input_state` is `making`: until when nobody else does. */
  input_lease_until: NullableTimeColumn;
  /** How often somebody began to make it. */
  input_attempt: number | null;
  /** Gone for readers; its rows go one after the other. */
  removing_at: NullableTimeColumn;
  /** Of the end: when it was decided whom to tell. */
  told_at: NullableTimeColumn;
  /** What follows from its end is done: dependents, a pause. */
  end_seen_at: NullableTimeColumn;
}

/** Files that go some time after nothing refers to them any more. */
export interface InputFileTable {
  digest: string;
  size_bytes: CountColumn;
  used_at: TimeColumn;
  /** Somebody is removing it from the blob store. */
  removing_at: NullableTimeColumn;
}

export interface BatchChunkTable {
  id: string;
  run_id: string;
  state: string;
  byte_start: CountColumn;
  byte_end: CountColumn;
  first_line: CountColumn;
  line_count: number;
  item_count: number;
  dispatch_count: number;
  fence: CountColumn;
  machine_id: string | null;
  claimed_at: NullableTimeColumn;
  /** The last dispatch, claim or progress. */
  active_at: TimeColumn;
  items_succeeded: number;
  items_failed: number;
  items_cancelled: number;
  item_duration_ms: number;
  /** What of its run's limits it may use while it is open; null: they do not bound it. */
  items_at_once: number | null;
  items_per_second: number | null;
  /** The key of its run's concurrency limit; null also when it has none. */
  limit_key: string | null;
}

/** A row is changed by whoever opens a chunk under its key: the next one waits for that. */
export interface BatchLimitKeyTable {
  name: string;
  revision: CountColumn;
}

export interface BatchItemTable {
  run_id: string;
  line_number: CountColumn;
  state: string;
  attempts: number;
  started_at: TimeColumn;
  duration_ms: number;
  output: JsonColumn | null;
  failure: JsonColumn | null;
  logs: JsonColumn | null;
  /** Of what failed; null also from older workers. */
  fingerprint: string | null;
  /** What went wrong in the attempts before the last. */
  earlier_failures: JsonColumn | null;
  /** The newest run that goes over this item again. */
  replayed_by: string | null;
}

export interface RunCourseTable {
  run_id: string;
  at: TimeColumn;
  items_total: CountColumn;
  items_succeeded: CountColumn;
  items_failed: CountColumn;
  items_cancelled: CountColumn;
  p50_at: NullableTimeColumn;
  p90_at: NullableTimeColumn;
}

/** What happened to a run, for people and notifications. */
export interface BatchEventTable {
  id: string;
  run_id: string;
  kind: string;
  /** What makes an event of this kind unique within its run. */
  occurrence: string;
  details: JsonColumn | null;
  happened_at: TimeColumn;
  /** When it was decided whom to tell. */
  told_at: NullableTimeColumn;
}

/** What is to be said to one receiver. */
export interface NotificationTable {
  id: string;
  run_id: string;
  event: string;
  /** See `targetKey`. */
  target_key: string;
  target: JsonColumn;
  content: JsonColumn;
  state: string;
  /** Tries that were begun. */
  attempts: number;
  created_at: TimeColumn;
  /** While a try is under way: when others may begin one, should this one never end. */
  next_try_at: TimeColumn;
  give_up_at: TimeColumn;
  ended_at: NullableTimeColumn;
  last_error: string | null;
}
