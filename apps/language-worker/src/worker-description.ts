import type { WorkerMetadata } from '#shared/contracts/function-rpc/messages.js';
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

/** Where a library that streams HTTP says that it listens. */
const HTTP_URI = 'HttpUri';

/**
 * Asks the app's programming model what it changes about the capabilities.
 *
 * A library that streams HTTP adds the address of its own HTTP server. The host is not told: it could not
 * reach it, and this worker forwards the requests itself (see `streamingAddress`).
 */
export async function describeCapabilities(app: FunctionApp): Promise<Capabilities> {
  const defaults = { ...CAPABILITIES };
  const answered = (await app.programmingModel.getCapabilities?.(defaults)) ?? defaults;
  const { [HTTP_URI]: httpUri, ...capabilities } = answered;
  app.streamingAddress = httpUri === undefined ? undefined : toLoopback(httpUri);
  return capabilities;
}

/** By address: a container may have no name service to ask for "localhost". */
function toLoopback(uri: string): URL {
  const url = new URL(uri);
  url.hostname = '127.0.0.1';
  return url;
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
