/**
 * The messages of function-rpc.proto as TypeScript sees them.
 *
 * Glossary:
 * - The **host** is the worker role: the gRPC server, which sends requests.
 * - The **language worker** is the gRPC client inside a container, which runs the functions.
 *
 * Every property is optional, because that is what a sender may leave out. A decoded message answers a
 * field that was not sent with its default (`''`, `0`, `false`, an empty and frozen list or map) and a
 * message or a member of a oneof that was not sent with `undefined`.
 * 64-bit integers are numbers: what exceeds 2^53 loses precision.
 */
import type { TypedData } from './values.js';

/** How a log line's weight is numbered on the wire. */
export const RpcLogLevel = {
  Trace: 0,
  Debug: 1,
  Information: 2,
  Warning: 3,
  Error: 4,
  Critical: 5,
  None: 6,
} as const;
export type RpcLogLevel = (typeof RpcLogLevel)[keyof typeof RpcLogLevel];

/** Who wrote a log line: the function's code or the worker. */
export const RpcLogCategory = { User: 0, System: 1, CustomMetric: 2 } as const;
export type RpcLogCategory = (typeof RpcLogCategory)[keyof typeof RpcLogCategory];

export const RpcStatus = { Failure: 0, Success: 1, Cancelled: 2 } as const;
export type RpcStatus = (typeof RpcStatus)[keyof typeof RpcStatus];

export const RpcBindingDirection = { In: 0, Out: 1, InOut: 2 } as const;
export type RpcBindingDirection = (typeof RpcBindingDirection)[keyof typeof RpcBindingDirection];

export const RpcBindingDataType = { Undefined: 0, String: 1, Binary: 2, Stream: 3 } as const;
export type RpcBindingDataType = (typeof RpcBindingDataType)[keyof typeof RpcBindingDataType];

export const RpcRetryStrategy = { ExponentialBackoff: 0, FixedDelay: 1 } as const;
export type RpcRetryStrategy = (typeof RpcRetryStrategy)[keyof typeof RpcRetryStrategy];

export const RpcCapabilitiesUpdateStrategy = { Merge: 0, Replace: 1 } as const;
export type RpcCapabilitiesUpdateStrategy =
  (typeof RpcCapabilitiesUpdateStrategy)[keyof typeof RpcCapabilitiesUpdateStrategy];

export const RpcWorkerAction = { Restart: 0, Reload: 1 } as const;
export type RpcWorkerAction = (typeof RpcWorkerAction)[keyof typeof RpcWorkerAction];

/** google.protobuf.Duration. */
export interface RpcDuration {
  seconds?: number;
  nanos?: number;
}

export interface RpcException {
  stackTrace?: string;
  message?: string;
  source?: string;
  /** True when the function's own code failed, not the worker. */
  isUserException?: boolean;
  type?: string;
}

export interface RpcLog {
  invocationId?: string;
  /** `<function>.Invocation` for what a function logs. */
  category?: string;
  level?: RpcLogLevel;
  message?: string;
  eventId?: string;
  exception?: RpcException;
  /** JSON. */
  properties?: string;
  logCategory?: RpcLogCategory;
  propertiesMap?: Record<string, TypedData>;
}

export interface StatusResult {
  result?: string;
  exception?: RpcException;
  logs?: RpcLog[];
  status?: RpcStatus;
}

export interface StartStream {
  /** What the host passed as `--workerId`: the container's one-time token. */
  workerId?: string;
}

export interface WorkerInitRequest {
  hostVersion?: string;
  capabilities?: Record<string, string>;
  logCategories?: Record<string, RpcLogLevel>;
  workerDirectory?: string;
  /** Empty for a placeholder, which gets its app by FunctionEnvironmentReloadRequest. */
  functionAppDirectory?: string;
}

export interface WorkerMetadata {
  runtimeName?: string;
  runtimeVersion?: string;
  workerVersion?: string;
  workerBitness?: string;
  customProperties?: Record<string, string>;
}

export interface WorkerInitResponse {
  workerVersion?: string;
  capabilities?: Record<string, string>;
  result?: StatusResult;
  workerMetadata?: WorkerMetadata;
}

export interface WorkerTerminate {
  gracePeriod?: RpcDuration;
}

export interface WorkerActionResponse {
  action?: RpcWorkerAction;
  reason?: string;
}

export interface WorkerWarmupRequest {
  workerDirectory?: string;
}

export interface WorkerWarmupResponse {
  result?: StatusResult;
}

export interface FileChangeEventRequest {
  type?: number;
  fullPath?: string;
  name?: string;
}

export interface FunctionEnvironmentReloadRequest {
  /** The whole new environment of the process: what is not in it is gone, PATH too. */
  environmentVariables?: Record<string, string>;
  functionAppDirectory?: string;
}

export interface FunctionEnvironmentReloadResponse {
  workerMetadata?: WorkerMetadata;
  capabilities?: Record<string, string>;
  result?: StatusResult;
  capabilitiesUpdateStrategy?: RpcCapabilitiesUpdateStrategy;
}

export interface CloseSharedMemoryResourcesRequest {
  mapNames?: string[];
}

export interface CloseSharedMemoryResourcesResponse {
  closeMapResults?: Record<string, boolean>;
}

export interface FunctionsMetadataRequest {
  functionAppDirectory?: string;
}

export interface FunctionMetadataResponse {
  functionMetadataResults?: RpcFunctionMetadata[];
  result?: StatusResult;
  /** True: the worker does not know its functions, the host reads the `function.json` files. */
  useDefaultMetadataIndexing?: boolean;
}

export interface BindingInfo {
  type?: string;
  direction?: RpcBindingDirection;
  dataType?: RpcBindingDataType;
  properties?: Record<string, string>;
}

export interface RpcRetryOptions {
  maxRetryCount?: number;
  delayInterval?: RpcDuration;
  minimumInterval?: RpcDuration;
  maximumInterval?: RpcDuration;
  retryStrategy?: RpcRetryStrategy;
}

export interface RpcFunctionMetadata {
  directory?: string;
  /** An absolute path. */
  scriptFile?: string;
  entryPoint?: string;
  name?: string;
  bindings?: Record<string, BindingInfo>;
  isProxy?: boolean;
  status?: StatusResult;
  language?: string;
  /** JSON, one a binding: the only place that holds a binding's settings. */
  rawBindings?: string[];
  functionId?: string;
  managedDependencyEnabled?: boolean;
  retryOptions?: RpcRetryOptions;
  properties?: Record<string, string>;
}

export interface FunctionLoadRequest {
  functionId?: string;
  metadata?: RpcFunctionMetadata;
  managedDependencyEnabled?: boolean;
}

export interface FunctionLoadResponse {
  functionId?: string;
  result?: StatusResult;
  isDependencyDownloaded?: boolean;
}

export interface FunctionLoadRequestCollection {
  functionLoadRequests?: FunctionLoadRequest[];
}

export interface FunctionLoadResponseCollection {
  functionLoadResponses?: FunctionLoadResponse[];
}

/** W3C trace context. */
export interface RpcTraceContext {
  traceParent?: string;
  traceState?: string;
  attributes?: Record<string, string>;
}

export interface RetryContext {
  retryCount?: number;
  maxRetryCount?: number;
  /** What failed the attempt before this one. */
  exception?: RpcException;
}

/** Where a value lies in shared memory: never sent here, because nobody announces the capability. */
export interface RpcSharedMemory {
  name?: string;
  offset?: number;
  count?: number;
  type?: number;
}

export interface ParameterBinding {
  name?: string;
  data?: TypedData;
  rpcSharedMemory?: RpcSharedMemory;
}

export interface InvocationRequest {
  invocationId?: string;
  functionId?: string;
  inputData?: ParameterBinding[];
  triggerMetadata?: Record<string, TypedData>;
  traceContext?: RpcTraceContext;
  retryContext?: RetryContext;
}

export interface InvocationResponse {
  invocationId?: string;
  outputData?: ParameterBinding[];
  result?: StatusResult;
  returnValue?: TypedData;
}

export interface InvocationCancel {
  gracePeriod?: RpcDuration;
  invocationId?: string;
}
