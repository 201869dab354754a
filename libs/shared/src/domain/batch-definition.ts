/** Where a batch's items come from. Every kind becomes a JSON Lines file before the run begins. */
export type BatchInput =
  | { readonly kind: 'jsonLines'; /** sha256 of the uploaded file. */ readonly file: string }
  | {
      readonly kind: 'csv';
      readonly file: string;
      /** One character; a comma unless said otherwise. */
      readonly delimiter?: string | undefined;
      readonly quote?: string | undefined;
      readonly encoding?: CsvEncoding | undefined;
      /** Whether the first record names the columns; it does unless said otherwise. */
      readonly header?: boolean | undefined;
      readonly columns?: readonly string[] | undefined;
    }
  | { readonly kind: 'range'; readonly from: number; readonly to: number; readonly step?: number | undefined }
  | {
      readonly kind: 'sql';
      /** The name of a connection in management's settings. */
      readonly connection: string;
      readonly query: string;
      readonly parameters?: Readonly<Record<string, string | number | boolean | null>> | undefined;
    }
  | {
      readonly kind: 'results';
      readonly batch: string;
      readonly app?: string | undefined;
      readonly state?: 'succeeded' | 'failed' | undefined;
    }
  /** No items: a timer function, run once. */
  | { readonly kind: 'none' };

export const CSV_ENCODINGS = ['utf-8', 'utf-16', 'windows-1252', 'latin1'] as const;
export type CsvEncoding = (typeof CSV_ENCODINGS)[number];

export const BATCH_WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type BatchWeekday = (typeof BATCH_WEEKDAYS)[number];

/** Local times of a zone; an end that is not after the start is on the next day. */
export interface BatchWindow {
  /** `hh:mm` */
  readonly start: string;
  readonly end: string;
  /** IANA name. */
  readonly timeZone: string;
  /** The days on which the window begins; every day unless said otherwise. */
  readonly weekdays?: readonly BatchWeekday[] | undefined;
}

export interface BatchRetry {
  /** Tries altogether, the first one too. */
  readonly attempts: number;
  readonly backoff: 'fixed' | 'exponential';
  readonly delaySeconds: number;
  readonly maxDelaySeconds?: number | undefined;
  /** 0 to 1: by what share a delay varies. */
  readonly jitter?: number | undefined;
  /** Types of errors that are tried again; all unless said otherwise. */
  readonly on?: readonly string[] | undefined;
  readonly notOn?: readonly string[] | undefined;
}

/** What stops a run, and what is only said. */
export interface FailureThreshold {
  readonly items?: number | undefined;
  readonly percent?: number | undefined;
  readonly warnItems?: number | undefined;
  readonly warnPercent?: number | undefined;
}

export interface ConcurrencyLimit {
  /** Items of a run at once. */
  readonly run?: number | undefined;
  /** Items at once of all runs that name this key. */
  readonly key?: { readonly name: string; readonly limit: number } | undefined;
}

export const DEPENDENCY_CONDITIONS = ['succeeded', 'failed', 'ended'] as const;
export type DependencyCondition = (typeof DEPENDENCY_CONDITIONS)[number];

export interface BatchDependency {
  readonly batch: string;
  /** The batch's own app unless said otherwise. */
  readonly app?: string | undefined;
  readonly when: DependencyCondition;
}

export const NOTIFIED_EVENTS = ['late', 'failed', 'recovered', 'warning', 'succeeded'] as const;
export type NotifiedEvent = (typeof NOTIFIED_EVENTS)[number];

export interface BatchNotifications {
  readonly webhooks?:
    readonly { readonly url: string; readonly secretName?: string | undefined }[] | undefined;
  readonly emails?: readonly string[] | undefined;
  readonly on: readonly NotifiedEvent[];
  /** Said only from the n-th failure in a row on. */
  readonly afterFailures?: number | undefined;
}

export const CALENDAR_USES = ['businessDays', 'holidays', 'allDays'] as const;
export type CalendarUse = (typeof CALENDAR_USES)[number];
export const MISFIRE_POLICIES = ['skip', 'runOnce', 'runAll'] as const;
export type MisfirePolicy = (typeof MISFIRE_POLICIES)[number];
export const OVERLAP_POLICIES = [
  'skip',
  'bufferOne',
  'bufferAll',
  'cancelOther',
  'terminateOther',
  'allowAll',
] as const;
export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number];

/** What a run goes by: frozen into it when it is made, so that a later version of the definition changes no run. */
export interface RunSettings {
  readonly input: BatchInput;
  readonly retry?: BatchRetry | undefined;
  readonly concurrencyLimit?: ConcurrencyLimit | undefined;
  readonly rateLimit?: { readonly itemsPerSecond: number } | undefined;
  readonly failureThreshold?: FailureThreshold | undefined;
  /** Expression over a machine's attributes: where the run may go. */
  readonly requirements?: string | undefined;
  /** Expression over a machine's attributes: where it goes rather. */
  readonly rank?: string | undefined;
  /** What the window's end leaves undone goes on in the next window. */
  readonly carryOver: boolean;
  readonly pauseOnFailure: boolean;
  readonly notify?: BatchNotifications | undefined;
  readonly retention?: BatchRetention | undefined;
}

/** How long ended runs are kept: whichever is reached first. */
export interface BatchRetention {
  readonly days?: number | undefined;
  readonly runs?: number | undefined;
}

/** A batch as somebody defined it. Compiled: what was left out has its default, and everything has been checked. */
export interface BatchDefinition extends RunSettings {
  readonly name: string;
  /** The name of its function app. */
  readonly app: string;
  readonly function: string;
  /** NCRONTAB or TimeSpan. Without one but with a window: once at each window's start. */
  readonly schedule?: string | undefined;
  readonly window?: BatchWindow | undefined;
  /** Of the schedule, where there is no window: a window has its own. IANA name. */
  readonly timeZone?: string | undefined;
  readonly calendar?: string | undefined;
  /** On which days of the calendar; business days unless said otherwise. */
  readonly on?: CalendarUse | undefined;
  /** `hh:mm`, local: by when it is to be done. */
  readonly deadline?: string | undefined;
  readonly pool?: string | undefined;
  /** -100 to 100; more is sooner. */
  readonly priority: number;
  readonly dependsOn?: readonly BatchDependency[] | undefined;
  readonly misfire: MisfirePolicy;
  readonly catchUpSeconds?: number | undefined;
  readonly overlap: OverlapPolicy;
}

/** What of a definition a run goes by. @param input other than the definition's, for this run alone */
export function runSettingsOf(
  definition: BatchDefinition,
  input: BatchInput = definition.input,
): RunSettings {
  const { retry, concurrencyLimit, rateLimit, failureThreshold, requirements, rank } = definition;
  const { carryOver, pauseOnFailure, notify, retention } = definition;
  return {
    input,
    retry,
    concurrencyLimit,
    rateLimit,
    failureThreshold,
    requirements,
    rank,
    carryOver,
    pauseOnFailure,
    notify,
    retention,
  };
}

/** Which days are business days. Whole days in its zone; additions win over holidays, these over exclusions. */
export interface BatchCalendar {
  /** IANA name. */
  readonly timeZone: string;
  readonly businessDays: readonly BatchWeekday[];
  /** Dates are of the form `2026-12-25`. */
  readonly holidays: readonly { readonly date: string; readonly name: string }[];
  /** Days without business that are no holidays. */
  readonly exclusions: readonly string[];
  /** Days with business whatever else is said. */
  readonly additions: readonly string[];
  /** `hh:mm`: what runs before it belongs to the day before. */
  readonly dayStartsAt: string;
}
