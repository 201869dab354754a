import type { JsonValue } from './json.js';

/** How an invocation came to be. */
export type TriggerKind = 'http' | 'timer' | 'queue' | 'manual';

/**
 * An invocation's states. `queued` is the only one that is not an end.
 * `succeeded` · `failed` (the function's fault: it threw, exited, broke its limit) · `timedOut` (its `functionTimeout`)
 * · `cancelled` · `abandoned` (the platform gave up after its attempts to get it run).
 */
export type InvocationState = 'queued' | 'succeeded' | 'failed' | 'timedOut' | 'cancelled' | 'abandoned';

/** What went wrong, as far as a person can use it. `source` says whose fault: the function's or the platform's. */
export interface Failure {
  readonly source: 'function' | 'platform';
  /** A class name or a stable word such as `TimeoutError`, `ProcessExited`, `OutOfMemory`. */
  readonly type: string;
  readonly message: string;
  readonly stack?: string | undefined;
}

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical';

export interface LogLine {
  readonly loggedAt: Date;
  readonly level: LogLevel;
  /** `user` from the function's code, `system` from the runtime, `stdout` / `stderr` from the process. */
  readonly category: 'user' | 'system' | 'stdout' | 'stderr';
  readonly message: string;
}

/** One try at running an invocation, under its own FunctionRpc invocation id. */
export interface Attempt {
  /** 1 is the first. */
  readonly number: number;
  readonly startedAt: Date;
  /** What it took, without the time for which the machine's owner had it paused. */
  readonly durationMs: number;
  readonly failure?: Failure | undefined;
}

/** An HTTP request as a function sees it. `body` is base64 when `bodyEncoding` says so. */
export interface HttpRequestData {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** Names in lower case; several values of one name are joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly bodyEncoding?: 'utf8' | 'base64' | undefined;
}

export interface HttpCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: string | undefined;
  readonly path?: string | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number | undefined;
  readonly secure?: boolean | undefined;
  readonly httpOnly?: boolean | undefined;
  readonly sameSite?: 'Lax' | 'Strict' | 'None' | undefined;
  readonly maxAgeSeconds?: number | undefined;
}

/** An HTTP response as the function gave it. */
export interface HttpResponseData {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies?: readonly HttpCookie[] | undefined;
  readonly body?: string | undefined;
  readonly bodyEncoding?: 'utf8' | 'base64' | undefined;
  /** Set when the bodies went straight to and from the client, as they came: of them only the sizes are known. */
  readonly streamed?: { readonly requestBytes: number; readonly responseBytes: number } | undefined;
}

/** What a function is given. */
export type InvocationInput =
  | { readonly kind: 'http'; readonly request: HttpRequestData }
  | { readonly kind: 'timer'; readonly timer: TimerInput }
  /** `message` is the text; `metadata` becomes the trigger metadata (Id, DequeueCount, …). */
  | {
      readonly kind: 'queue';
      readonly message: string;
      readonly metadata?: Readonly<Record<string, JsonValue>> | undefined;
    };

/** Azure's timer object, as `FunctionRpc` hands it over. Times in ISO 8601. */
export interface TimerInput {
  readonly schedule: { readonly adjustForDST: boolean };
  readonly scheduleStatus: {
    readonly last: string;
    readonly next: string;
    readonly lastUpdated: string;
  } | null;
  readonly isPastDue: boolean;
}

/** What a function gave back: an HTTP response, or its return value and output bindings as JSON. */
export interface InvocationOutput {
  readonly http?: HttpResponseData | undefined;
  readonly returnValue?: JsonValue | undefined;
  readonly outputs?: Readonly<Record<string, JsonValue>> | undefined;
}

/**
 * What a worker says of an invocation that has ended.
 * `fence` orders attempts across queues and restarts (see `fenceOf`): a smaller one never overwrites a larger one.
 */
export interface InvocationOutcome {
  readonly id: string;
  readonly fence: number;
  readonly appId: string;
  readonly appVersionId: string;
  readonly functionName: string;
  readonly trigger: TriggerKind;
  readonly state: Exclude<InvocationState, 'queued'>;
  readonly input: InvocationInput;
  readonly output?: InvocationOutput | undefined;
  readonly failure?: Failure | undefined;
  readonly attempts: readonly Attempt[];
  readonly logs: readonly LogLine[];
  /** True when log lines were dropped because the invocation logged more than its limit. */
  readonly logsTruncated: boolean;
  readonly machineId: string;
  readonly coldStart: boolean;
  readonly acceptedAt: Date;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly traceParent?: string | undefined;
}

/** Larger than any `attemptsStarted` of one dispatch: BullMQ's cap on those is far lower. */
const ATTEMPTS_PER_DISPATCH = 1000;

/**
 * The fencing number of an attempt.
 * @param dispatchCount how often SQL has put the work on a queue (1 is the first)
 * @param attemptsStarted how often that queue has handed it out (1 is the first)
 */
export function fenceOf(dispatchCount: number, attemptsStarted: number): number {
  return dispatchCount * ATTEMPTS_PER_DISPATCH + Math.min(attemptsStarted, ATTEMPTS_PER_DISPATCH - 1);
}
