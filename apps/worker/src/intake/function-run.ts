import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#shared/domain/ids.js';
import type { AppVersion, FunctionDefinition } from '#shared/domain/function-app.js';
import type {
  Attempt,
  Failure,
  InvocationInput,
  InvocationOutput,
  InvocationState,
  LogLine,
} from '#shared/domain/invocation.js';
import { retryDelayMs } from '#shared/domain/retry-policy.js';
import type { ChannelInvocation, GroupInput } from '../channel/language-worker-channel.js';
import { AppLoadError } from '../containers/pool/app-load-error.js';
import { describeExit } from '../containers/pool/ending.js';
import type { AppHostPool, Compartment, PoolResult } from '../containers/pool/app-host-pool.js';

/** One function to be run to its end, retries and all. */
export interface FunctionCall {
  /** FunctionRpc invocation id of the first attempt; later ones get new ids. */
  readonly invocationId: string;
  readonly version: AppVersion;
  readonly definition: FunctionDefinition;
  readonly compartment: Compartment;
  readonly input: InvocationInput | GroupInput;
  readonly traceParent?: string | undefined;
  readonly onLog: (line: LogLine) => void;
  /** Aborted when nothing that is done from now on would be kept. */
  readonly lost?: AbortSignal | undefined;
}

export interface FunctionEnding {
  readonly state: Exclude<InvocationState, 'queued' | 'abandoned'>;
  readonly output?: InvocationOutput | undefined;
  readonly failure?: Failure | undefined;
  readonly attempts: readonly Attempt[];
  readonly coldStart: boolean;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** A container that dies over and over with this function in it, though never proven to be its fault, ends here. */
const DISPLACEMENTS_MAX = 20;

interface Tried {
  readonly result: Exclude<PoolResult, { readonly state: 'displaced' }>;
  readonly attempt: Attempt;
}

/**
 * Runs a function to its end: attempts as its retry policy says, each under an id of its own; containers that go for another
 * function's fault cost it nothing.
 * Throws what the pool throws where the platform is to blame (`EngineUnavailableError`, `PackageUnavailableError`, …).
 */
export async function runFunction(pool: AppHostPool, call: FunctionCall): Promise<FunctionEnding> {
  const policy = call.definition.retry ?? call.version.host.retry;
  const attempts: Attempt[] = [];
  let invocationId = call.invocationId;
  let coldStart = false;
  for (;;) {
    const { result, attempt } = await tryOnce(pool, call, invocationId, attempts);
    attempts.push(attempt);
    coldStart ||= result.coldStart;
    const waitMs =
      result.state === 'succeeded' || result.state === 'cancelled'
        ? null
        : retryDelayMs(policy, attempts.length, Math.random());
    if (waitMs === null || call.lost?.aborted) return endingOf(result, attempts, coldStart);
    await delay(waitMs, undefined, { signal: call.lost }).catch(() => undefined);
    invocationId = newId();
  }
}

async function tryOnce(
  pool: AppHostPool,
  call: FunctionCall,
  firstInvocationId: string,
  earlier: readonly Attempt[],
): Promise<Tried> {
  let suspect = false;
  let invocationId = firstInvocationId;
  for (let displacements = 0; ; displacements += 1) {
    const startedAt = new Date();
    const started = performance.now();
    const invocation = invocationOf(call, invocationId, earlier);
    const result = await inPool(pool, call, invocation, suspect);
    const settled = displacements < DISPLACEMENTS_MAX ? result : giveUpOn(result);
    if (settled.state !== 'displaced') {
      const durationMs = performance.now() - started;
      return {
        result: settled,
        attempt: { number: earlier.length + 1, startedAt, durationMs, failure: failureOf(settled) },
      };
    }
    suspect ||= settled.suspect;
    invocationId = newId();
  }
}

async function inPool(
  pool: AppHostPool,
  call: FunctionCall,
  invocation: ChannelInvocation,
  suspect: boolean,
): Promise<PoolResult> {
  try {
    return suspect
      ? await pool.runAlone(call.version, invocation)
      : await pool.run(call.version, call.compartment, invocation);
  } catch (error) {
    if (!(error instanceof AppLoadError)) throw error;
    return {
      state: 'failed',
      coldStart: true,
      failure: { source: 'function', type: 'AppLoadError', message: error.message },
    };
  }
}

function giveUpOn(result: PoolResult): PoolResult {
  if (result.state !== 'displaced') return result;
  const message = `Its container ended ${DISPLACEMENTS_MAX} times while it ran.`;
  return {
    state: 'failed',
    coldStart: result.coldStart,
    failure: { source: 'platform', type: 'ContainerLost', message },
  };
}

function invocationOf(
  call: FunctionCall,
  invocationId: string,
  earlier: readonly Attempt[],
): ChannelInvocation {
  const policy = call.definition.retry ?? call.version.host.retry;
  const base = {
    invocationId,
    functionName: call.definition.name,
    input: call.input,
    traceParent: call.traceParent,
    onLog: call.onLog,
  };
  if (!policy) return base;
  const lastFailure = earlier.at(-1)?.failure;
  return { ...base, retry: { retryCount: earlier.length, maxRetryCount: policy.maxRetryCount, lastFailure } };
}

function failureOf(result: Tried['result']): Failure | undefined {
  switch (result.state) {
    case 'failed':
      return result.failure;
    case 'timedOut':
      return {
        source: 'function',
        type: 'TimeoutError',
        message: 'The function did not end within its functionTimeout; its container was replaced.',
      };
    case 'exited':
      return {
        source: 'function',
        type: result.exit.cause === 'memoryLimit' ? 'OutOfMemory' : 'ProcessExited',
        message: describeExit(result.exit),
      };
    default:
      return undefined;
  }
}

function endingOf(result: Tried['result'], attempts: readonly Attempt[], coldStart: boolean): FunctionEnding {
  const last = attempts.at(-1);
  const endedAt = new Date();
  return {
    state: result.state === 'exited' ? 'failed' : result.state,
    output: result.state === 'succeeded' ? result.output : undefined,
    failure: last?.failure,
    attempts,
    coldStart,
    startedAt: attempts[0]?.startedAt ?? endedAt,
    endedAt,
  };
}
