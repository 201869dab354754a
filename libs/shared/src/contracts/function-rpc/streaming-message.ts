import type * as messages from './messages.js';

/** What a StreamingMessage can carry, by the name of its property. */
export interface StreamingContents {
  rpcLog: messages.RpcLog;
  invocationRequest: messages.InvocationRequest;
  invocationResponse: messages.InvocationResponse;
  fileChangeEventRequest: messages.FileChangeEventRequest;
  workerActionResponse: messages.WorkerActionResponse;
  functionLoadRequest: messages.FunctionLoadRequest;
  functionLoadResponse: messages.FunctionLoadResponse;
  workerStatusRequest: Record<never, never>;
  workerStatusResponse: Record<never, never>;
  workerTerminate: messages.WorkerTerminate;
  workerHeartbeat: Record<never, never>;
  workerInitResponse: messages.WorkerInitResponse;
  workerInitRequest: messages.WorkerInitRequest;
  startStream: messages.StartStream;
  invocationCancel: messages.InvocationCancel;
  functionEnvironmentReloadRequest: messages.FunctionEnvironmentReloadRequest;
  functionEnvironmentReloadResponse: messages.FunctionEnvironmentReloadResponse;
  closeSharedMemoryResourcesRequest: messages.CloseSharedMemoryResourcesRequest;
  closeSharedMemoryResourcesResponse: messages.CloseSharedMemoryResourcesResponse;
  functionsMetadataRequest: messages.FunctionsMetadataRequest;
  functionMetadataResponse: messages.FunctionMetadataResponse;
  functionLoadRequestCollection: messages.FunctionLoadRequestCollection;
  functionLoadResponseCollection: messages.FunctionLoadResponseCollection;
  workerWarmupRequest: messages.WorkerWarmupRequest;
  workerWarmupResponse: messages.WorkerWarmupResponse;
}

/** The name of the property that a StreamingMessage carries. */
export type ContentKind = keyof StreamingContents;

/** The envelope of everything on the stream: exactly one of the contents is set. */
export interface StreamingMessage extends Partial<StreamingContents> {
  /** Echoed in the answer to a request; empty for what nobody answers. */
  requestId?: string;
}

/** @returns which content the message carries, or undefined for one that this version does not know. */
export function contentKind(message: StreamingMessage): ContentKind | undefined {
  const keys = Object.keys(message) as (ContentKind | 'requestId')[];
  for (let index = keys.length - 1; index >= 0; index -= 1) {
    const key = keys[index]!;
    if (key !== 'requestId' && message[key] !== undefined) return key;
  }
  return undefined;
}
