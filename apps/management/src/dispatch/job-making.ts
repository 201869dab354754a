import type { ChunkJob, IndexJob, InvocationJob, WarmJob } from '#shared/contracts/jobs.js';
import {
  JOB_VERSION,
  LIMITED_CHUNK_VERSION,
  STREAMED_JOB_VERSION,
  TRIGGERED_CHUNK_VERSION,
} from '#shared/contracts/jobs.js';
import type { BatchRun } from '#shared/domain/batch.js';
import type { ContainerSettings } from '#shared/domain/container-settings.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { derivedId } from '#shared/domain/ids.js';
import type { HttpRequestData } from '#shared/domain/invocation.js';
import type { NewBatchChunk } from '#shared/store/batch-store.js';
import type { NewInvocation } from '#shared/store/invocation-store.js';

/** A synchronous HTTP call: somebody waits for its answer, and no row stands in SQL yet. */
export interface FunctionCall {
  readonly version: Pick<AppVersion, 'id' | 'appId'>;
  readonly definition: { readonly name: string };
  readonly request: HttpRequestData;
  /** How long the client is kept waiting before it is told to ask again. */
  readonly waitMs: number;
  /** The W3C `traceparent` of the caller's span. */
  readonly traceParent?: string | undefined;
  /** Who waits; absent: somebody who stays. */
  readonly client?: CallClient | undefined;
}

/** A client that waits for a call's answer. */
export interface CallClient {
  /** It has gone without an answer. */
  readonly isGone: boolean;
  /** Calls the listener when it goes; it may also be called when all is over. */
  whenGone(listener: () => void): void;
}

/** A call whose bodies do not travel with its job. */
export interface StreamedFunctionCall extends FunctionCall {
  readonly stream: NonNullable<InvocationJob['stream']>;
}

/** How often SQL had put a piece of work on a queue when there is no row for it. */
export const UNPROMISED = 0;

export function callJob(id: string, call: FunctionCall, replyTo: string, nowMs: number): InvocationJob {
  return {
    version: JOB_VERSION,
    kind: 'invocation',
    id,
    appId: call.version.appId,
    appVersionId: call.version.id,
    functionName: call.definition.name,
    trigger: 'http',
    input: { kind: 'http', request: call.request },
    replyTo,
    acceptedAt: nowMs,
    dispatchCount: UNPROMISED,
    traceParent: call.traceParent,
  };
}

export function streamedCallJob(
  id: string,
  call: StreamedFunctionCall,
  replyTo: string,
  nowMs: number,
): InvocationJob {
  return { ...callJob(id, call, replyTo, nowMs), version: STREAMED_JOB_VERSION, stream: call.stream };
}

/** The promise that a call becomes when its client's wait has run out. */
export function promiseOf(id: string, call: FunctionCall): NewInvocation {
  return {
    id,
    appId: call.version.appId,
    appVersionId: call.version.id,
    functionName: call.definition.name,
    trigger: 'http',
    input: { kind: 'http', request: call.request },
    traceParent: call.traceParent,
  };
}

/** @param dispatchCount how often SQL has put it on a queue, this time included */
export function promisedJob(
  invocation: NewInvocation,
  dispatchCount: number,
  acceptedAtMs: number,
  replyTo?: string,
): InvocationJob {
  return {
    version: JOB_VERSION,
    kind: 'invocation',
    id: invocation.id,
    appId: invocation.appId,
    appVersionId: invocation.appVersionId,
    functionName: invocation.functionName,
    trigger: invocation.trigger,
    input: invocation.input,
    replyTo,
    acceptedAt: acceptedAtMs,
    dispatchCount,
    traceParent: invocation.traceParent,
  };
}

/** @param dispatchCount how often SQL has put it on a queue, this time included */
export function chunkJob(
  run: BatchRun,
  chunk: Omit<NewBatchChunk, 'itemCount'>,
  dispatchCount: number,
  traceParent?: string,
): ChunkJob {
  const bounds = boundsOf(run, chunk);
  return {
    version: chunkVersion(run, bounds),
    kind: 'chunk',
    id: chunk.id,
    runId: run.id,
    appId: run.appId,
    appVersionId: run.appVersionId,
    functionName: run.functionName,
    inputDigest: run.inputDigest,
    byteStart: chunk.byteStart,
    byteEnd: chunk.byteEnd,
    firstLine: chunk.firstLine,
    lineCount: chunk.lineCount,
    notAfter: run.windowEndsAt?.getTime(),
    dispatchCount,
    ...bounds,
    retry: retryOf(run),
    itemTrigger: run.itemTrigger === 'message' ? undefined : run.itemTrigger,
    traceParent,
  };
}

type ChunkBounds = Pick<ChunkJob, 'itemsAtOnce' | 'itemsPerSecond' | 'batchRequirements' | 'batchRank'>;

function boundsOf(
  { settings }: BatchRun,
  { itemsAtOnce, itemsPerSecond }: Omit<NewBatchChunk, 'itemCount'>,
): ChunkBounds {
  return {
    itemsAtOnce,
    itemsPerSecond,
    batchRequirements: settings?.requirements,
    batchRank: settings?.rank,
  };
}

function chunkVersion({ itemTrigger }: BatchRun, bounds: ChunkBounds): ChunkJob['version'] {
  if (Object.values(bounds).some((bound) => bound !== undefined)) return LIMITED_CHUNK_VERSION;
  return itemTrigger === 'message' ? JOB_VERSION : TRIGGERED_CHUNK_VERSION;
}

/** As the job's schema has it: lists that can be changed. */
function retryOf({ settings }: BatchRun): ChunkJob['retry'] {
  const retry = settings?.retry;
  return retry && { ...retry, on: retry.on && [...retry.on], notOn: retry.notOn && [...retry.notOn] };
}

/** A package, and how the app's containers are set up. */
export interface PackageToIndex {
  readonly appId?: string | undefined;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly container: ContainerSettings;
}

export function indexJob(
  id: string,
  package_: PackageToIndex,
  replyTo: string,
  deadlineAtMs: number,
): IndexJob {
  return {
    version: JOB_VERSION,
    kind: 'index',
    id,
    appId: package_.appId,
    packageDigest: package_.digest,
    packageSizeBytes: package_.sizeBytes,
    container: package_.container,
    replyTo,
    deadlineAt: deadlineAtMs,
  };
}

/** The same for every instance of management that knows of the same moment. */
export function warmJob(appVersionId: string, dueAt: Date, appId?: string): WarmJob {
  return {
    version: JOB_VERSION,
    kind: 'warm',
    id: derivedId(`warm ${appVersionId} ${dueAt.toISOString()}`),
    appId,
    appVersionId,
    deadlineAt: dueAt.getTime(),
  };
}
