import type {
  FunctionTimeTable,
  MachineStateTable,
  OwnerReleaseTable,
  PoolFunctionTimeTable,
  PoolTimeTable,
  UnsummedHourTable,
} from './capacity-schema.js';
import type {
  BatchChunkTable,
  BatchDependencyTable,
  BatchEventTable,
  BatchLimitKeyTable,
  BatchGraphTable,
  BatchItemTable,
  BatchOccurrenceTable,
  BatchRunTable,
  BatchTable,
  BatchVersionTable,
  CalendarTable,
  InputFileTable,
  NotificationTable,
  RunCourseTable,
} from './batch-schema.js';
import type {
  CountColumn,
  FlagColumn,
  JsonColumn,
  NullableCountColumn,
  NullableFlagColumn,
  NullableTimeColumn,
  TimeColumn,
} from './schema-columns.js';

export interface FunctionAppTable {
  id: string;
  name: string;
  created_at: TimeColumn;
  active_version_id: string | null;
  /** Null: it never had settings. */
  settings_revision: NullableCountColumn;
  /** Names in lower case that its settings disable; null: none. */
  disabled_functions: JsonColumn | null;
}

export interface AppSettingTable {
  app_id: string;
  /** The name in lower case. */
  name_key: string;
  name: string;
  key_id: string;
  sealed: string;
  changed_at: TimeColumn;
  changed_by: string;
}

export interface AppVersionTable {
  id: string;
  app_id: string;
  package_digest: string;
  package_size_bytes: CountColumn;
  host: JsonColumn;
  created_at: TimeColumn;
  /** Null for versions that were indexed before the column was there. */
  streams_http: NullableFlagColumn;
}

export interface FunctionTable {
  app_version_id: string;
  name: string;
  /** Keeps the order in which the functions were found. */
  position: number;
  programming_model: string;
  bindings: JsonColumn;
  script_file: string | null;
  entry_point: string | null;
  retry: JsonColumn | null;
  disabled: FlagColumn;
}

export interface ContainerSettingsTable {
  app_id: string;
  settings: JsonColumn;
  changed_at: TimeColumn;
}

export interface DeploymentTable {
  id: string;
  app_id: string;
  state: string;
  package_digest: string | null;
  package_size_bytes: NullableCountColumn;
  app_version_id: string | null;
  deployer: string;
  author: string;
  message: string;
  notes: JsonColumn;
  received_at: TimeColumn;
  /** Null while under way: at most one row of an app has it so. */
  ended_at: NullableTimeColumn;
}

export interface AccessKeyTable {
  id: string;
  scope: string;
  /** Empty for the master key: the two databases disagree on whether two nulls are one key. */
  app_id: string;
  /** Empty unless the scope is `function`, for the same reason. */
  function_name: string;
  name: string;
  hash: string;
  created_at: TimeColumn;
}

export interface ScheduleTable {
  id: string;
  app_id: string;
  app_version_id: string;
  function_name: string;
  expression: string;
  /** Null: that of management's settings. */
  time_zone: string | null;
  use_monitor: FlagColumn;
  run_on_startup: FlagColumn;
  active_since: TimeColumn;
  last_planned_at: NullableTimeColumn;
}

export interface ScheduleOccurrenceTable {
  schedule_id: string;
  planned_at: TimeColumn;
  /** Null: skipped. */
  invocation_id: string | null;
  claimed_at: TimeColumn;
}

export interface InvocationTable {
  id: string;
  app_id: string;
  app_version_id: string;
  function_name: string;
  trigger_kind: string;
  state: string;
  /** Of the newest attempt that was claimed or recorded. */
  fence: CountColumn;
  /** Of the attempt whose outcome stands here; null while there is none, and when the platform ended the promise itself. */
  outcome_fence: NullableCountColumn;
  /** 0: never promised, the row came with its outcome. */
  dispatch_count: number;
  dispatched_at: NullableTimeColumn;
  idempotency_key: string | null;
  /** Of timer invocations. */
  schedule_id: string | null;
  input: JsonColumn | null;
  output: JsonColumn | null;
  failure: JsonColumn | null;
  attempts: JsonColumn;
  input_truncated: FlagColumn;
  output_truncated: FlagColumn;
  logs_truncated: FlagColumn;
  machine_id: string | null;
  cold_start: FlagColumn;
  accepted_at: TimeColumn;
  started_at: NullableTimeColumn;
  ended_at: NullableTimeColumn;
  trace_parent: string | null;
}

/** Lines belong to an attempt (its fence): those of an attempt whose outcome was overtaken are never read. */
export interface InvocationLogTable {
  invocation_id: string;
  fence: CountColumn;
  line_number: number;
  logged_at: TimeColumn;
  level: string;
  category: string;
  message: string;
}

export interface MachineTable {
  id: string;
  name: string;
  os: string;
  pool: string;
  runtime: string;
  state: string;
  reason: string;
  cores: number;
  memory_bytes: CountColumn;
  slots: number;
  slots_busy: number;
  last_seen_at: TimeColumn;
  /** Null: the worker does not say. */
  container_caps: JsonColumn | null;
  attributes: JsonColumn | null;
  busy_seconds: number | null;
  /** Null from workers that hold no lease. */
  lease_until: NullableTimeColumn;
  /** `state/activity`; null from workers that do not say. */
  capacity_state: string | null;
  capacity_reason: string | null;
  /** What its time goes to from `booked_until` on. Null before the first heartbeat to this schema. */
  spending: JsonColumn | null;
  booked_until: NullableTimeColumn;
  /** What the last booking took: from when, under which lease, spent on what. */
  booked_from: NullableTimeColumn;
  booked_lease: NullableTimeColumn;
  spent: JsonColumn | null;
  /** The page of the worker's books that was booked last, and the one before. */
  page: string | null;
  page_before: string | null;
}

/** How long a function's work takes, as all machines measured it. */
export interface FunctionDurationTable {
  app_id: string;
  function_name: string;
  kind: string;
  sketch: JsonColumn;
  merged_at: TimeColumn;
  /** When it was merged the time before; null until it was merged twice. */
  merged_from: NullableTimeColumn;
}

/** Written by management only; a machine without a row has no orders and no labels. */
export interface MachineOrdersTable {
  machine_id: string;
  labels: JsonColumn;
  drain_requested_at: NullableTimeColumn;
  drain_deadline_at: NullableTimeColumn;
  drain_requested_by: string | null;
  revoked_at: NullableTimeColumn;
}

/** Also each version of it. */
export interface FunctionPlacementTable {
  app_id: string;
  /** In lower case. */
  function_name: string;
  version: number;
  /** Null: it is removed. */
  placement: JsonColumn | null;
  changed_by: string;
  changed_at: TimeColumn;
}

/** Written by management only. */
export interface CapacityPolicyTable {
  scope: string;
  name: string;
  version: number;
  /** Null: removed. */
  knobs: JsonColumn | null;
  changed_by: string;
  changed_at: TimeColumn;
}

export interface MachineKeyTable {
  machine_id: string;
  key_hash: string;
  enrolled_at: TimeColumn;
  revoked_at: NullableTimeColumn;
  revoked_by: string | null;
}

export interface EnrolmentTokenTable {
  id: string;
  token_hash: string;
  note: string;
  created_by: string;
  created_at: TimeColumn;
  expires_at: TimeColumn;
  used_at: NullableTimeColumn;
  machine_id: string | null;
  /** The key that it was used for: so the same request again can be told from another one. */
  key_hash: string | null;
}

export interface InstallationSecretTable {
  name: string;
  secret: string;
  created_at: TimeColumn;
}

/** One row, id 1. */
export interface CatalogueRevisionTable {
  id: number;
  revision: CountColumn;
}

/** Every table, as Kysely sees it. */
export interface Schema {
  function_apps: FunctionAppTable;
  app_versions: AppVersionTable;
  functions: FunctionTable;
  container_settings: ContainerSettingsTable;
  app_settings: AppSettingTable;
  deployments: DeploymentTable;
  access_keys: AccessKeyTable;
  schedules: ScheduleTable;
  schedule_occurrences: ScheduleOccurrenceTable;
  invocations: InvocationTable;
  invocation_logs: InvocationLogTable;
  batches: BatchTable;
  batch_versions: BatchVersionTable;
  batch_dependencies: BatchDependencyTable;
  batch_graph: BatchGraphTable;
  batch_occurrences: BatchOccurrenceTable;
  calendars: CalendarTable;
  calendar_versions: CalendarTable;
  batch_runs: BatchRunTable;
  batch_chunks: BatchChunkTable;
  batch_items: BatchItemTable;
  batch_events: BatchEventTable;
  notifications: NotificationTable;
  batch_limit_keys: BatchLimitKeyTable;
  run_courses: RunCourseTable;
  input_files: InputFileTable;
  machines: MachineTable;
  machine_states: MachineStateTable;
  function_durations: FunctionDurationTable;
  unsummed_hours: UnsummedHourTable;
  pool_hours: PoolTimeTable;
  pool_days: PoolTimeTable;
  function_time: FunctionTimeTable;
  pool_function_hours: PoolFunctionTimeTable;
  pool_function_days: PoolFunctionTimeTable;
  owner_releases: OwnerReleaseTable;
  machine_orders: MachineOrdersTable;
  capacity_policies: CapacityPolicyTable;
  capacity_policy_versions: CapacityPolicyTable;
  function_placements: FunctionPlacementTable;
  function_placement_versions: FunctionPlacementTable;
  machine_keys: MachineKeyTable;
  enrolment_tokens: EnrolmentTokenTable;
  installation_secrets: InstallationSecretTable;
  catalogue_revision: CatalogueRevisionTable;
}
