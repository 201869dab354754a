/**
 * What `@azure/functions-core` offers a programming model and expects of it: the subset of Azure's
 * `types-core` that this worker provides. The module exists only inside a language worker.
 *
 * Glossary:
 * - A **programming model** is the library that a function app is written against (`@azure/functions`
 *   v3 or v4); it turns protocol messages into arguments and results into messages.
 * - An **invocation model** is the programming model's object for one invocation.
 * - A **hook** is a callback of the app (or of a monitoring library) at a point of an app's or an
 *   invocation's life.
 */
import type { InvocationRequest } from '#shared/contracts/function-rpc/messages.js';
import type { TypedData } from '#shared/contracts/function-rpc/values.js';

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
export type LogCategory = 'user' | 'system' | 'customMetric';

export type FunctionCallback = (...args: unknown[]) => unknown;
export type HookCallback = (context: object) => unknown;

/** A binding as the libraries describe it: all of its settings beside these three. */
export interface CoreBinding {
  type?: string | null;
  direction?: string | null;
  dataType?: string | null;
  [setting: string]: unknown;
}

export interface CoreDuration {
  seconds?: number | null;
  nanos?: number | null;
}

export interface CoreRetryOptions {
  maxRetryCount?: number | null;
  retryStrategy?: string | null;
  delayInterval?: CoreDuration | null;
  minimumInterval?: CoreDuration | null;
  maximumInterval?: CoreDuration | null;
}

/** What `registerFunction` is told. */
export interface FunctionRegistration {
  name: string;
  /** The name, when it is left out. */
  functionId?: string;
  bindings: Record<string, CoreBinding>;
  retryOptions?: CoreRetryOptions;
}

/** What an invocation model is told of its function. */
export interface CoreFunctionMetadata {
  readonly name: string;
  readonly functionId: string;
  readonly directory?: string | undefined;
  readonly scriptFile?: string | undefined;
  readonly entryPoint?: string | undefined;
  readonly bindings: Record<string, CoreBinding>;
}

export type InvocationState = 'preInvocationHooks' | 'invocation' | 'postInvocationHooks';

export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly request: InvocationRequest;
  readonly metadata: CoreFunctionMetadata;
  /** Undefined between states. */
  state?: InvocationState | undefined;
  log(level: LogLevel, category: LogCategory, message: string): void;
}

/** A value as the libraries give it: absent is null as well as undefined, enums are names. */
export interface CoreTypedData extends Omit<TypedData, 'http'> {
  http?: CoreHttp | null;
}

export interface CoreHttp {
  statusCode?: string | null;
  headers?: Record<string, string> | null;
  cookies?: CoreCookie[] | null;
  body?: CoreTypedData | null;
  enableContentNegotiation?: boolean | null;
}

export interface CoreCookie {
  name?: string | null;
  value?: string | null;
  domain?: { value?: string | null } | null;
  path?: { value?: string | null } | null;
  expires?: { value?: { seconds?: number | null; nanos?: number | null } | null } | null;
  secure?: { value?: boolean | null } | null;
  httpOnly?: { value?: boolean | null } | null;
  sameSite?: string | null;
  maxAge?: { value?: number | null } | null;
}

export interface CoreInvocationResponse {
  outputData?: { name?: string | null; data?: CoreTypedData | null }[] | null;
  returnValue?: CoreTypedData | null;
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<CoreInvocationResponse>;
}

export type Capabilities = Record<string, string>;

export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel | Promise<InvocationModel>;
  getCapabilities?(defaults: Capabilities): Capabilities | Promise<Capabilities>;
}
