import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#shared/domain/ids.js';
import type { FunctionDefinition } from '#shared/domain/function-app.js';
import type {
  Attempt,
  Failure,
  InvocationInput,
  InvocationOutput,
  InvocationState,
  LogLine,
} from '#shared/domain/invocation.js';
import type { HangUp } from '#shared/queue/hang-up.js';
import { retryDelayMs } from '#shared/domain/retry-policy.js';
import type { RunnableVersion } from '../app-settings/setting-values.js';
import type { CallMeter } from '../books/work-meter.js';
import type { ChannelInvocation, GroupInput, HttpStreamClient } from '../channel/language-worker-channel.js';
import { EvictedError } from '../containers/evicted-error.js';
import { AppLoadError } from '../containers/pool/app-load-error.js';
import { ContainerLostError, describeExit, FAILURE_TYPE } from '../containers/pool/exit-words.js';
import type { AppHostPool, Compartment, PoolResult } from '../containers/pool/app-host-pool.js';

/** The client of a streamed call. */
export interface FunctionStream extends HttpStreamClient {
  /** Something has flowed that can't be brought back: there is no second try. */
  readonly begun: boolean;
}

/** One function to be run to its end, retries and all. */
export interface FunctionCall {
  /** FunctionRpc invocation id of the first attempt; later ones get new ids. */
  readonly invocationId: string;
  readonly version: RunnableVersion;
  readonly definition: FunctionDefinition;
  readonly compartment: Compartment;
  readonly input: InvocationInput | GroupInput;
  /** Where the bodies of a streamed call come from and go to. */
  readonly stream?: FunctionStream | undefined;
  readonly traceParent?: string | undefined;
  readonly onLog: (line: LogLine) => void;
  /** Aborted when nothing that is done from now on would be kept. */
  readonly lost?: AbortSignal | undefined;
  /** Its client has gone: it may end now, and is not tried again. */
  readonly hangUp?: HangUp | undefined;
  /** Counts what its tries take; absent: it is nobody's work. */
  readonly meter?: CallMeter | undefined;
  /** Of a caller that tries again by itself: one attempt is made, whatever the function's own policy says. */
  readonly tries?: CallersTries | undefined;
}

interface CallersTries {
  readonly before: readonly Attempt[];
  /** All together. */
  readonly most: number;
}

export interface FunctionEnding {
  /** `runFunction` itself never gives up: `abandoned` is said by its caller. */
  readonly state: Exclude<InvocationState, 'queued'>;
  readonly output?: InvocationOutput | undefined;
  readonly failure?: Failure | undefined;
  readonly attempts: readonly Attempt[];
  readonly coldStart: boolean;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** A container that goes over and over with this function in it, though never proven to be its fault, ends here. */
const DISPLACEMENTS_MAX = 20;
const TOO_OFTEN = `Its container went ${DISPLACEMENTS_MAX} times while it ran, and nobody knows why.`;
const BODIES_FLOWED = 'Its container went while its HTTP bodies were flowing, which can not be repeated.';

/** How one try ended that the function itself, or nobody, brought to its end. */
type SettledResult = Exclude<PoolResult, { readonly state: 'lost' | 'evicted' }>;

interface Tried {
  readonly result: Exclude<SettledResult, { readonly state: 'displaced' }>;
  readonly attempt: Attempt;
}

/**
 * Runs a function to its end: attempts as its retry policy says, each under an id of its own; containers that go for another
 * function's fault cost it nothing.
 * Throws where the platform is to blame (`ContainerLostError`, and what the pool throws: `EngineUnavailableError`,
 * `PackageUnavailableError`, …), and `EvictedError`.
 */
export async function runFunction(pool: AppHostPool, call: FunctionCall): Promise<FunctionEnding> {
  const policy = call.tries ? undefined : (call.definition.retry ?? call.version.host.retry);
  const attempts: Attempt[] = [...(call.tries?.before ?? [])];
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
    if (waitMs === null || call.lost?.aborted || call.stream?.begun || call.hangUp?.happened)
      return endingOf(result, attempts, coldStart);
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
    const started = workMs(call);
    const invocation = invocationOf(call, invocationId, earlier);
    const result = await metered(call, async () =>
      proven(notPlatforms(await inPool(pool, call, invocation, suspect)), suspect),
    );
    const givenUp = call.stream?.begun ? BODIES_FLOWED : displacements < DISPLACEMENTS_MAX ? null : TOO_OFTEN;
    const settled = givenUp === null ? result : giveUpOn(result, givenUp);
    if (settled.state !== 'displaced') {
      const durationMs = workMs(call) - started;
      return {
        result: settled,
        attempt: { number: earlier.length + 1, startedAt, durationMs, failure: failureOf(settled) },
      };
    }
    // Another container would be started for what nobody keeps.
    if (call.lost?.aborted) throw new EvictedError();
    suspect ||= settled.suspect;
    invocationId = newId();
  }
}

/** A clock that stands still while the machine's owner has paused the work: that is not the function's time. */
function workMs({ meter }: FunctionCall): number {
  return meter ? meter.begin() : performance.now();
}

/** Counts a try: as used if it came to an end that counts, else as lost. */
async function metered(call: FunctionCall, run: () => Promise<SettledResult>): Promise<SettledResult> {
  const { meter } = call;
  if (!meter) return run();
  const begun = meter.begin();
  try {
    const result = await run();
    if (result.state === 'displaced') meter.lost(begun, 'CONTAINER_LOST');
    else if (call.lost?.aborted) meter.lost(begun);
    else meter.ended(begun);
    return result;
  } catch (error) {
    if (error instanceof EvictedError) meter.lost(begun);
    else if (error instanceof ContainerLostError)
      meter.lost(begun, error.exit.cause === 'engine' ? 'ENGINE_DOWN' : 'CONTAINER_LOST');
    // Of anything else (no package, no engine) nothing had begun.
    throw error;
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
      ? await pool.runAlone(call.version, invocation, call.lost)
      : await pool.run(call.version, call.compartment, invocation, call.lost);
  } catch (error) {
    if (!(error instanceof AppLoadError)) throw error;
    return {
      state: 'failed',
      coldStart: true,
      failure: { source: 'function', type: 'AppLoadError', message: error.message },
    };
  }
}

/** Throws `ContainerLostError`, `EvictedError`: the attempt is over, and not used up. */
function notPlatforms(result: PoolResult): SettledResult {
  if (result.state === 'lost') throw new ContainerLostError(result.exit);
  if (result.state === 'evicted') throw new EvictedError();
  return result;
}

/** What ran alone and is suspected again has done it: there was nobody else. */
function proven(result: SettledResult, ranAlone: boolean): SettledResult {
  if (result.state !== 'displaced' || !result.suspect || !ranAlone || !result.exit) return result;
  return { state: 'exited', exit: result.exit, coldStart: result.coldStart };
}

function giveUpOn(result: SettledResult, message: string): SettledResult {
  if (result.state !== 'displaced') return result;
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
  const maxRetryCount = mostRetries(call);
  const base = {
    invocationId,
    functionName: call.definition.name,
    input: call.input,
    stream: call.stream,
    traceParent: call.traceParent,
    onLog: call.onLog,
    hangUp: call.hangUp,
  };
  if (maxRetryCount === undefined) return base;
  const lastFailure = earlier.at(-1)?.failure;
  return { ...base, retry: { retryCount: earlier.length, maxRetryCount, lastFailure } };
}

/** As the function is told; undefined where nothing is tried again. */
function mostRetries({ tries, definition, version }: FunctionCall): number | undefined {
  return tries ? tries.most - 1 : (definition.retry ?? version.host.retry)?.maxRetryCount;
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
        type: FAILURE_TYPE[result.exit.cause],
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
