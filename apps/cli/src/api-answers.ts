/** What management answers, as far as the command reads it. Times are ISO 8601 in UTC. */

export type RunState =
  | 'scheduled'
  | 'waiting'
  | 'running'
  | 'draining'
  | 'cancelling'
  | 'succeeded'
  | 'completedWithFailures'
  | 'failed'
  | 'cancelled'
  | 'carriedOver';

export interface BatchRun {
  readonly runId: string;
  readonly name: string;
  readonly app: string;
  readonly function: string;
  readonly state: RunState;
  readonly itemsTotal: number;
  readonly itemsSucceeded: number;
  readonly itemsFailed: number;
  readonly itemsCancelled: number;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly itemsPerSecond: number | null;
  readonly deadlineAt?: string | null;
  /** Absent from a management of an older version. */
  readonly forecast?: Forecast;
  /** Why the run as a whole failed. */
  readonly failure: Failure | null;
}

/** Whether a run will be done in time. */
export interface Forecast {
  readonly state: 'none' | 'notKnown' | 'onTime' | 'atRisk' | 'late';
  readonly p50At: string | null;
  readonly recentItemsPerSecond: number | null;
  readonly moreMachines: number | null;
  readonly message: string;
}

/** Why something is not running. */
export interface Why {
  readonly isHeldUp: boolean;
  readonly reasons: readonly { readonly code: string; readonly message: string }[];
}

export interface Failure {
  readonly type: string;
  readonly message: string;
}

/** Failed items of a run with the same error. */
export interface FailureGroup {
  readonly group: string;
  readonly type: string;
  readonly message: string;
  readonly items: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly sampleLines: readonly number[];
}

/** What has become of the failed items of a run. */
export interface DeadLetters {
  readonly deadLetters: number;
  readonly replaying: number;
  readonly healed: number;
}

export interface BatchItem {
  readonly lineNumber: number;
  readonly state: string;
  readonly attempts: number;
  readonly durationMs: number;
  readonly output: unknown;
  readonly failure: Failure | null;
}

export interface ItemPage {
  readonly items: readonly BatchItem[];
  readonly nextLine?: number;
}

/** The answer to a new batch. */
export interface AcceptedBatch {
  readonly runId: string;
  readonly itemsTotal: number;
  readonly state: RunState;
}

export interface PublishedFunction {
  readonly app: string;
  readonly name: string;
  /** The trigger binding's type, such as `httpTrigger`. */
  readonly trigger: string;
  readonly disabled: boolean;
  /** As `function.json` has them; the route of an HTTP function stands in its trigger. */
  readonly bindings: readonly Readonly<Record<string, unknown>>[];
}

/** When a timer function runs. */
export interface TimerSchedule {
  readonly app: string;
  readonly function: string;
  readonly declaredAs: string;
  readonly expression: string;
  readonly timeZone: string;
  readonly monitored: boolean;
  readonly runOnStartup: boolean;
  readonly activeSince: string;
  readonly lastPlannedAt: string | null;
  /** `local` is in the schedule's time zone. */
  readonly next: readonly { readonly at: string; readonly local: string }[];
}

/** A setting of an app. */
export interface AppSetting {
  readonly name: string;
  readonly changedAt: string;
  readonly changedBy: string;
  /** Absent: it is written only. */
  readonly value?: string;
}

/** What an app's containers may take and reach; what is absent is as each worker's settings say. */
export interface ContainerSettings {
  readonly memoryBytes?: number;
  readonly cpus?: number;
  readonly cpuWeight?: number;
  readonly pids?: number;
  readonly tmpBytes?: number;
  readonly network?: { readonly policy: string; readonly allow?: readonly string[] };
}

export interface AppContainerSettings {
  readonly app: string;
  readonly settings: ContainerSettings;
  /** Machines that give the app less than it asks for. */
  readonly clampedOn: readonly {
    readonly machine: string;
    readonly settings: readonly {
      readonly setting: string;
      readonly wanted: number | string;
      readonly given: number | string;
    }[];
  }[];
}

export interface InvocationSummary {
  readonly id: string;
  readonly app: string;
  readonly function: string;
  readonly trigger: string;
  readonly state: string;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

export interface LoggedLine {
  readonly loggedAt: string;
  readonly level: string;
  readonly category: string;
  readonly message: string;
}

export interface Machine {
  readonly id: string;
  readonly name: string;
  readonly os: string;
  readonly pool: string;
  readonly state: string;
  readonly reason: string;
  /** What it does with its spare time; null or absent where its worker, or management, does not say. */
  readonly capacity?: { readonly state: string; readonly activity: string; readonly reason: string } | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly slots: number;
  readonly slotsBusy: number;
}

/** A capacity policy as it was written. */
export interface Policy {
  readonly scope: string;
  readonly name: string;
  readonly version: number;
  readonly knobs: Readonly<Record<string, unknown>>;
  readonly changedBy: string;
  readonly changedAt: string;
}

/** `knobs` null: the policy was removed. */
export type PolicyVersion = Omit<Policy, 'scope' | 'name' | 'knobs'> & {
  readonly knobs: Policy['knobs'] | null;
};

/** What a machine's policies make together; `knobs` null: they contradict each other, as `problems` say. */
export interface MachinePolicy {
  readonly knobs: Readonly<Record<string, { readonly value: unknown; readonly source: string }>> | null;
  readonly problems: readonly string[];
}

/** What calls took and what of it was lost; of what a row is not about it says null. */
export interface BadputRow extends BadputFigures {
  readonly app: string | null;
  readonly function: string | null;
  /** Empty: calls. */
  readonly batch: string | null;
  readonly machine: string | null;
  readonly reason: string | null;
}

export interface BadputFigures {
  readonly usedHours: number;
  readonly badputHours: number;
  /** Of both together; null: nothing ran. */
  readonly badputShare: number | null;
  readonly evictions: number;
  readonly calls: number;
}

export interface Badput {
  readonly from: string;
  readonly until: string;
  readonly total: BadputFigures;
  readonly rows: readonly BadputRow[];
  /** Rows that were left out. */
  readonly more: number;
}

/** What machines' time was spent on. */
export interface CapacitySummary {
  readonly from: string;
  readonly until: string;
  /** A share; null: nothing was offered. */
  readonly usedOfOffered: number | null;
  readonly usedCoreHours: number;
  readonly offeredCoreHours: number;
  readonly allocatedCoreHours: number;
  readonly idleCoreHours: number;
  readonly ownerCoreHours: number;
  readonly downCoreHours: number;
  readonly states: readonly {
    readonly state: string;
    readonly reason: string;
    readonly machineHours: number;
    readonly coreHours: number;
  }[];
}

/** What giving back a machine's work would cost. */
export interface DrainAnswer {
  readonly machine: Machine;
  readonly workUnderWay: number;
  readonly badputSeconds: number;
}

export interface MadeEnrolmentToken {
  readonly token: string;
  readonly expiresAt: string;
}

const ENDS: ReadonlySet<RunState> = new Set([
  'succeeded',
  'completedWithFailures',
  'failed',
  'cancelled',
  'carriedOver',
]);

export function hasEnded(run: BatchRun): boolean {
  return ENDS.has(run.state);
}

/** Items that have come to their end, however. */
export function itemsDone(run: BatchRun): number {
  return run.itemsSucceeded + run.itemsFailed + run.itemsCancelled;
}

/** What a function asks of the machines that it runs on. */
export interface Placement {
  readonly app: string;
  readonly function: string;
  readonly requirements: string | null;
  readonly rank: string | null;
  readonly version: number;
  readonly changedBy: string;
  readonly inActiveVersion: boolean;
}

export interface PlacementVersion {
  readonly version: number;
  readonly changedAt: string;
  readonly changedBy: string;
  /** Null: it was removed. */
  readonly placement: Pick<Placement, 'requirements' | 'rank'> | null;
}

/** What a placement means for each machine, the best first. */
export interface PlacementPreview {
  readonly waitReason: { readonly message: string } | null;
  readonly machines: readonly {
    readonly machine: string;
    readonly state: string;
    readonly met: 'yes' | 'no' | 'unknown';
    readonly because: string | null;
    readonly rank: number;
  }[];
}

/** A definition of a batch that holds now. */
export interface DefinedBatch {
  readonly app: string;
  readonly name: string;
  readonly version: number;
  readonly definition: {
    readonly schedule?: string;
    readonly window?: { readonly start: string; readonly end: string; readonly timeZone: string };
  };
  readonly pause: { readonly by: string; readonly note: string } | null;
  readonly nextDueAt: string | null;
}

/** When a batch comes next. */
export interface UpcomingOccurrences {
  /** Null: it has no times of its own. */
  readonly timeZone: string | null;
  readonly pause: DefinedBatch['pause'];
  readonly next: readonly {
    readonly at: string;
    readonly local: string;
    readonly businessDate: string;
    readonly deadlineAt: string | null;
  }[];
}

/** Runs of business days that are over. */
export interface Backfilled {
  readonly notBefore: string;
  readonly runs: readonly {
    /** Null: a dry run. */
    readonly runId: string | null;
    readonly plannedAt: string;
    readonly businessDate: string;
  }[];
}

export interface Calendar {
  readonly name: string;
  readonly version: number;
  readonly calendar: { readonly timeZone: string; readonly holidays: readonly object[] };
}

/** Something that was, or is to be, said to a receiver. */
export interface NotificationSummary {
  readonly notificationId: string;
  readonly createdAt: string;
  readonly event: string;
  readonly app: string;
  readonly batch: string;
  readonly target: { readonly address: string };
  readonly state: string;
  readonly attempts: number;
  readonly lastError: string | null;
}

export interface TestedReceiver {
  readonly delivered: boolean;
  readonly error: string | null;
  readonly durationMs: number;
}
