import { posix } from 'node:path';
import {
  RpcBindingDataType,
  RpcBindingDirection,
  type BindingInfo,
  type RpcFunctionMetadata,
} from '#shared/contracts/function-rpc/messages.js';
import type { Binding, FunctionDefinition } from '#shared/domain/function-app.js';

const DIRECTIONS = {
  in: RpcBindingDirection.In,
  out: RpcBindingDirection.Out,
  inout: RpcBindingDirection.InOut,
} as const;

const DATA_TYPES: Readonly<Record<string, RpcBindingDataType>> = {
  string: RpcBindingDataType.String,
  binary: RpcBindingDataType.Binary,
  stream: RpcBindingDataType.Stream,
};

/**
 * What a language worker is told of a function that the host found. `scriptFile` is absolute, or Node's can't load it.
 * @param appDirectory the app's folder as the language worker sees it
 */
export function folderFunctionMetadata(
  definition: FunctionDefinition,
  appDirectory: string,
): RpcFunctionMetadata {
  const { name, bindings, scriptFile = '', entryPoint = '' } = definition;
  return {
    name,
    functionId: name,
    directory: posix.join(appDirectory, name),
    scriptFile: posix.join(appDirectory, scriptFile),
    entryPoint,
    language: 'node',
    bindings: Object.fromEntries(bindings.map((binding) => [binding.name, bindingInfoOf(binding)])),
    rawBindings: bindings.map((binding) => JSON.stringify(binding)),
  };
}

function bindingInfoOf(binding: Binding): BindingInfo {
  const dataType = typeof binding['dataType'] === 'string' ? binding['dataType'].toLowerCase() : '';
  return {
    type: binding.type,
    direction: DIRECTIONS[binding.direction],
    dataType: DATA_TYPES[dataType] ?? RpcBindingDataType.Undefined,
  };
}
