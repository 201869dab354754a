import { basename, dirname } from 'node:path';
import {
  RpcBindingDataType,
  RpcBindingDirection,
  RpcRetryStrategy,
  type BindingInfo,
  type RpcDuration,
  type RpcFunctionMetadata,
  type RpcRetryOptions,
} from '#shared/contracts/function-rpc/messages.js';
import type {
  CoreBinding,
  CoreDuration,
  CoreFunctionMetadata,
  CoreRetryOptions,
  FunctionRegistration,
} from '../core-module/core-types.js';

const DIRECTIONS: Readonly<Record<string, RpcBindingDirection>> = {
  in: RpcBindingDirection.In,
  out: RpcBindingDirection.Out,
  inout: RpcBindingDirection.InOut,
};
const DATA_TYPES: Readonly<Record<string, RpcBindingDataType>> = {
  string: RpcBindingDataType.String,
  binary: RpcBindingDataType.Binary,
  stream: RpcBindingDataType.Stream,
};
const DIRECTION_NAMES = ['in', 'out', 'inout'];
const DATA_TYPE_NAMES = ['undefined', 'string', 'binary', 'stream'];

/** @returns what the host is told of a function that was registered by code in the file `entryPoint`. */
export function toRpcMetadata(
  registration: FunctionRegistration,
  functionId: string,
  entryPoint: string | undefined,
): RpcFunctionMetadata {
  const bindings = Object.entries(registration.bindings);
  return {
    name: registration.name,
    functionId,
    // The function may stand in a file that this one asked for; but hosts insist on one.
    scriptFile: entryPoint === undefined ? 'unknown' : basename(entryPoint),
    ...(entryPoint !== undefined && { directory: dirname(entryPoint) }),
    language: 'node',
    bindings: Object.fromEntries(bindings.map(([name, binding]) => [name, toBindingInfo(binding)])),
    rawBindings: bindings.map(([name, binding]) => JSON.stringify({ ...binding, name })),
    ...(registration.retryOptions && { retryOptions: toRetryOptions(registration.retryOptions) }),
  };
}

function toBindingInfo(binding: CoreBinding): BindingInfo {
  const properties = Object.entries((binding['properties'] ?? {}) as Record<string, unknown>);
  return {
    type: binding.type ?? '',
    direction: DIRECTIONS[String(binding.direction).toLowerCase()] ?? RpcBindingDirection.In,
    dataType: DATA_TYPES[String(binding.dataType).toLowerCase()] ?? RpcBindingDataType.Undefined,
    properties: Object.fromEntries(properties.map(([name, value]) => [name, String(value)])),
  };
}

function toRetryOptions(options: CoreRetryOptions): RpcRetryOptions {
  const durations = {
    delayInterval: toDuration(options.delayInterval),
    minimumInterval: toDuration(options.minimumInterval),
    maximumInterval: toDuration(options.maximumInterval),
  };
  return {
    maxRetryCount: options.maxRetryCount ?? 0,
    retryStrategy:
      options.retryStrategy === 'exponentialBackoff'
        ? RpcRetryStrategy.ExponentialBackoff
        : RpcRetryStrategy.FixedDelay,
    ...Object.fromEntries(Object.entries(durations).filter(([, duration]) => duration !== undefined)),
  };
}

function toDuration(duration: CoreDuration | null | undefined): RpcDuration | undefined {
  if (duration === null || duration === undefined) return undefined;
  return { seconds: Number(duration.seconds ?? 0), nanos: Number(duration.nanos ?? 0) };
}

/** @returns what a programming model is told of a function that the host read from `function.json`. */
export function toCoreMetadata(functionId: string, metadata: RpcFunctionMetadata): CoreFunctionMetadata {
  return {
    name: metadata.name ?? '',
    functionId,
    directory: metadata.directory,
    scriptFile: metadata.scriptFile,
    entryPoint: metadata.entryPoint,
    bindings: toCoreBindings(metadata),
  };
}

/** The raw JSON holds all settings; the map of bindings, where the host filled it, has the last word. */
function toCoreBindings(metadata: RpcFunctionMetadata): Record<string, CoreBinding> {
  const bindings: Record<string, CoreBinding> = {};
  for (const json of metadata.rawBindings ?? []) {
    const { name, ...settings } = JSON.parse(json) as CoreBinding & { name?: unknown };
    const direction = String(settings.direction ?? 'in').toLowerCase();
    bindings[String(name)] = { ...settings, direction };
  }
  for (const [name, info] of Object.entries(metadata.bindings ?? {})) {
    bindings[name] = {
      ...bindings[name],
      type: info.type ?? '',
      direction: DIRECTION_NAMES[info.direction ?? 0] ?? 'in',
      dataType: DATA_TYPE_NAMES[info.dataType ?? 0] ?? 'undefined',
    };
  }
  return bindings;
}
