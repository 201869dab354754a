import type { WorkerMetadata } from '#shared/contracts/function-rpc/messages.js';
import { HTTP_URI_CAPABILITY, RELAY_CAPABILITY } from '#shared/contracts/http-tunnel.js';
import type { FunctionApp } from './app/function-app.js';
import type { Capabilities } from './core-module/core-types.js';
import { WORKER_VERSION } from './worker-version.js';

/** What this worker can do, in the host's words. A capability is there or not; its value says nothing. */
const CAPABILITIES: Readonly<Capabilities> = {
  // Bodies as bytes, headers, query and parameters that can tell "empty" from "absent", and no second copy
  // of the body or of the request in the trigger's metadata.
  RawHttpBodyBytes: 'true',
  RpcHttpBodyOnly: 'true',
  RpcHttpTriggerMetadataRemoved: 'true',
  UseNullableValueDictionaryForHttp: 'true',
  IgnoreEmptyValuedRpcHttpHeaders: 'true',
  // Lists of strings, bytes and numbers as such.
  TypedDataCollection: 'true',
  WorkerStatus: 'true',
  HandlesWorkerTerminateMessage: 'true',
  // Says of each exception whether it was the function's.
  EnableUserCodeException: 'true',
};

/**
 * Asks the app's programming model what it changes about the capabilities. A library that streams HTTP adds the address of its
 * own HTTP server; hosts that can't reach it are told that this worker relays to it.
 */
export async function describeCapabilities(app: FunctionApp): Promise<Capabilities> {
  const defaults = { ...CAPABILITIES };
  const capabilities = (await app.programmingModel.getCapabilities?.(defaults)) ?? defaults;
  app.streamsHttp = capabilities[HTTP_URI_CAPABILITY] !== undefined;
  return app.streamsHttp ? { ...capabilities, [RELAY_CAPABILITY]: 'true' } : capabilities;
}

/** @returns what the host shows of this worker. */
export function describeWorker(app: FunctionApp): WorkerMetadata {
  return {
    runtimeName: 'node',
    runtimeVersion: process.versions.node,
    workerVersion: WORKER_VERSION,
    workerBitness: process.arch,
    customProperties: { modelName: app.programmingModel.name, modelVersion: app.programmingModel.version },
  };
}
