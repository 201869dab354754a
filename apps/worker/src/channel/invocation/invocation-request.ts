import { randomUUID } from 'node:crypto';
import type { InvocationRequest, RetryContext } from '#shared/contracts/function-rpc/messages.js';
import type { TypedData } from '#shared/contracts/function-rpc/values.js';
import type { HttpRequestData, TimerInput } from '#shared/domain/invocation.js';
import type { JsonValue } from '#shared/domain/json.js';
import type { ChannelInvocation } from '../language-worker-channel.js';
import type { WorkerCapabilities } from '../loading/worker-capabilities.js';
import { rpcExceptionOf } from './failure.js';
import { forwardedHttpOf, rpcHttpOf } from './http-request.js';
import type { LoadedFunction } from './loaded-function.js';
import { defaultQueueMetadata, messageData, messagesData } from './queue-input.js';
import { typedDataOf } from './typed-data.js';

/** What the trigger hands over, and what it tells about it. */
interface TriggerInput {
  readonly data: TypedData;
  readonly metadata: Record<string, TypedData>;
}

/** Thrown when a function is given what its trigger can't take, for example a timer an HTTP request. */
export class InputMismatchError extends Error {
  constructor(loaded: LoadedFunction, kind: string) {
    super(
      `Function "${loaded.definition.name}" has a trigger of another kind (${loaded.triggerKind}) than its input (${kind}).`,
    );
    this.name = 'InputMismatchError';
  }
}

/** An invocation in the protocol's words. Throws `InputMismatchError`. */
export function invocationRequestOf(
  loaded: LoadedFunction,
  invocation: ChannelInvocation,
  capabilities: WorkerCapabilities,
): InvocationRequest {
  const { data, metadata } = triggerInputOf(loaded, invocation, capabilities);
  const request: InvocationRequest = {
    invocationId: invocation.invocationId,
    functionId: loaded.functionId,
    inputData: [{ name: loaded.triggerName, data }],
    triggerMetadata: metadata,
  };
  if (invocation.traceParent !== undefined) request.traceContext = { traceParent: invocation.traceParent };
  if (invocation.retry) request.retryContext = retryContextOf(invocation.retry);
  return request;
}

function triggerInputOf(
  loaded: LoadedFunction,
  invocation: ChannelInvocation,
  capabilities: WorkerCapabilities,
): TriggerInput {
  const { input } = invocation;
  const isMessage = input.kind === 'queue' || input.kind === 'queueGroup';
  const takesMessages = loaded.triggerKind === 'queue' || loaded.triggerKind === 'other';
  if (isMessage ? !takesMessages : input.kind !== loaded.triggerKind) {
    throw new InputMismatchError(loaded, input.kind);
  }
  switch (input.kind) {
    case 'http':
      return httpInput(loaded, input.request, capabilities);
    case 'timer':
      return { data: { json: timerJson(input.timer) }, metadata: sysMetadata(loaded) };
    case 'queue':
      return messageInput(loaded, invocation, input.message, input.metadata ?? {});
    case 'queueGroup':
      return { data: messagesData(input.messages, loaded.binary), metadata: sysMetadata(loaded) };
  }
}

function httpInput(
  loaded: LoadedFunction,
  request: HttpRequestData,
  capabilities: WorkerCapabilities,
): TriggerInput {
  const { streaming } = capabilities;
  // What streams knows of the request only what the metadata says.
  const metadata: Record<string, TypedData> =
    capabilities.httpMetadataRemoved && !streaming
      ? {}
      : {
          ...sysMetadata(loaded),
          Headers: { json: JSON.stringify(request.headers) },
          Query: { json: JSON.stringify(request.query) },
        };
  for (const name of Object.keys(request.params)) metadata[name] = { string: request.params[name] };
  const http = streaming ? forwardedHttpOf(request, capabilities) : rpcHttpOf(request, capabilities);
  return { data: { http }, metadata };
}

function messageInput(
  loaded: LoadedFunction,
  invocation: ChannelInvocation,
  message: string,
  given: Readonly<Record<string, JsonValue>>,
): TriggerInput {
  const metadata = sysMetadata(loaded);
  if (loaded.triggerKind === 'queue') {
    const dequeueCount = (invocation.retry?.retryCount ?? 0) + 1;
    Object.assign(metadata, defaultQueueMetadata(invocation.invocationId, dequeueCount, Date.now()));
  }
  for (const [name, value] of Object.entries(given)) metadata[name] = typedDataOf(value);
  const data = loaded.many ? messagesData([message], loaded.binary) : messageData(message, loaded.binary);
  return { data, metadata };
}

/** The protocol writes its names with capitals. */
function timerJson(timer: TimerInput): string {
  const status = timer.scheduleStatus;
  return JSON.stringify({
    Schedule: { AdjustForDST: timer.schedule.adjustForDST },
    ScheduleStatus: status && { Last: status.last, Next: status.next, LastUpdated: status.lastUpdated },
    IsPastDue: timer.isPastDue,
  });
}

/** Azure's `sys`, which `{sys.utcnow}` and the like in bindings come from. A function's name needs no escaping. */
function sysMetadata(loaded: LoadedFunction): Record<string, TypedData> {
  const { name } = loaded.definition;
  const utcNow = new Date().toISOString();
  return { sys: { json: `{"MethodName":"${name}","UtcNow":"${utcNow}","RandGuid":"${randomUUID()}"}` } };
}

function retryContextOf(retry: NonNullable<ChannelInvocation['retry']>): RetryContext {
  const context: RetryContext = { retryCount: retry.retryCount, maxRetryCount: retry.maxRetryCount };
  if (retry.lastFailure) context.exception = rpcExceptionOf(retry.lastFailure);
  return context;
}
