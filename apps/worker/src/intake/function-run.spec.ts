import { describe, expect, it } from '@jest/globals';
import type { AppVersion, FunctionDefinition } from '#shared/domain/function-app.js';
import type { RetryPolicy } from '#shared/domain/retry-policy.js';
import type { ChannelInvocation } from '../channel/language-worker-channel.js';
import { AppLoadError } from '../containers/pool/app-load-error.js';
import type { AppHostPool, PoolResult } from '../containers/pool/app-host-pool.js';
import { ContainerLostError } from '../containers/pool/exit-words.js';
import { EvictedError } from '../containers/evicted-error.js';
import { runFunction, type FunctionCall, type FunctionStream } from './function-run.js';

const broke = { source: 'function', type: 'Error', message: 'broke' } as const;
const failed: PoolResult = { state: 'failed', failure: broke, coldStart: false };
const succeeded: PoolResult = { state: 'succeeded', output: { returnValue: 1 }, coldStart: false };

interface Tried {
  readonly alone: boolean;
  readonly invocation: ChannelInvocation;
}

/** A pool that answers with these results in turn, and keeps what it was asked. */
function poolWith(results: (PoolResult | Error)[]): { pool: AppHostPool; tried: Tried[] } {
  const tried: Tried[] = [];
  const next = (alone: boolean, invocation: ChannelInvocation): Promise<PoolResult> => {
    tried.push({ alone, invocation });
    const result = results.shift() ?? succeeded;
    return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
  };
  const pool = {
    run: (_version: AppVersion, _compartment: string, invocation: ChannelInvocation) =>
      next(false, invocation),
    runAlone: (_version: AppVersion, invocation: ChannelInvocation) => next(true, invocation),
  };
  return { pool: pool as unknown as AppHostPool, tried };
}

function callWith(retry?: RetryPolicy): FunctionCall {
  const definition: FunctionDefinition = {
    name: 'f',
    programmingModel: 'v4',
    bindings: [],
    disabled: false,
    retry,
  };
  return {
    invocationId: 'first',
    version: { host: {} } as AppVersion,
    definition,
    compartment: 'interactive',
    input: { kind: 'queue', message: '1' },
    onLog: () => undefined,
  };
}

describe('runFunction', () => {
  it('does not count the time for which the work was paused for the owner', async () => {
    let workMs = 1_000;
    const { pool } = poolWith([succeeded]);
    const run = async (): Promise<PoolResult> => {
      // Longer by the wall's clock: paused.
      await new Promise((resolve) => setTimeout(resolve, 30));
      workMs += 5;
      return succeeded;
    };
    const meter = { begin: () => workMs, ended: () => undefined, lost: () => undefined };
    const ending = await runFunction({ ...pool, run } as unknown as AppHostPool, { ...callWith(), meter });
    expect(ending.attempts.map(({ durationMs }) => durationMs)).toEqual([5]);
  });

  it('runs a function once when it succeeds', async () => {
    const { pool, tried } = poolWith([succeeded]);
    const ending = await runFunction(pool, callWith());
    expect(ending).toMatchObject({ state: 'succeeded', output: { returnValue: 1 }, failure: undefined });
    expect(ending.attempts).toHaveLength(1);
    expect(tried[0]?.invocation.invocationId).toBe('first');
  });

  it('does not retry without a policy', async () => {
    const { pool, tried } = poolWith([failed]);
    expect(await runFunction(pool, callWith())).toMatchObject({ state: 'failed', failure: broke });
    expect(tried).toHaveLength(1);
  });

  it('asks for no other container once nobody would keep what it gave', async () => {
    const { pool, tried } = poolWith([{ state: 'displaced', suspect: false, coldStart: false }]);
    const lost = AbortSignal.abort();
    await expect(runFunction(pool, { ...callWith(), lost })).rejects.toThrow(EvictedError);
    expect(tried).toHaveLength(1);
  });

  it('retries as its policy says, each attempt under an id of its own, told what came before', async () => {
    const { pool, tried } = poolWith([failed, failed, failed, failed]);
    const ending = await runFunction(
      pool,
      callWith({ strategy: 'fixedDelay', maxRetryCount: 2, delayMs: 1 }),
    );
    expect(ending.attempts.map(({ number, failure }) => [number, failure?.message])).toEqual([
      [1, 'broke'],
      [2, 'broke'],
      [3, 'broke'],
    ]);
    expect(new Set(tried.map(({ invocation }) => invocation.invocationId)).size).toBe(3);
    expect(tried.map(({ invocation }) => invocation.retry)).toEqual([
      { retryCount: 0, maxRetryCount: 2, lastFailure: undefined },
      { retryCount: 1, maxRetryCount: 2, lastFailure: broke },
      { retryCount: 2, maxRetryCount: 2, lastFailure: broke },
    ]);
  });

  it('uses no attempt when its container went for another’s fault', async () => {
    const displaced: PoolResult = { state: 'displaced', suspect: false, coldStart: false };
    const { pool, tried } = poolWith([displaced, displaced, succeeded]);
    const ending = await runFunction(pool, callWith());
    expect(ending.attempts).toHaveLength(1);
    expect(tried.map(({ alone }) => alone)).toEqual([false, false, false]);
  });

  describe('with the bodies of a streamed call', () => {
    const streaming = (begun: boolean) =>
      ({ begun, bodyLength: null, gone: new AbortController().signal }) as FunctionStream;
    const policy: RetryPolicy = { strategy: 'fixedDelay', maxRetryCount: 2, delayMs: 1 };

    it('tries again as long as nothing of them has flowed', async () => {
      const displaced: PoolResult = { state: 'displaced', suspect: false, coldStart: false };
      const { pool, tried } = poolWith([displaced, failed, succeeded]);
      const stream = streaming(false);
      const ending = await runFunction(pool, { ...callWith(policy), stream });
      expect(ending).toMatchObject({ state: 'succeeded', attempts: [{ number: 1 }, { number: 2 }] });
      expect(tried.map(({ invocation }) => invocation.stream)).toEqual([stream, stream, stream]);
    });

    it('tries nothing again that has flowed', async () => {
      const { pool, tried } = poolWith([failed]);
      const stream = streaming(true);
      expect(await runFunction(pool, { ...callWith(policy), stream })).toMatchObject({ failure: broke });
      const { pool: other } = poolWith([{ state: 'displaced', suspect: false, coldStart: false }]);
      expect(await runFunction(other, { ...callWith(policy), stream })).toMatchObject({
        state: 'failed',
        failure: { source: 'platform', type: 'ContainerLost', message: expect.stringContaining('flowing') },
      });
      expect(tried).toHaveLength(1);
    });
  });

  it('runs alone once it is a suspect', async () => {
    const { pool, tried } = poolWith([{ state: 'displaced', suspect: true, coldStart: false }, succeeded]);
    await runFunction(pool, callWith());
    expect(tried.map(({ alone }) => alone)).toEqual([false, true]);
  });

  it('ends a function whose container goes over and over', async () => {
    const { pool } = poolWith(
      Array.from({ length: 100 }, () => ({ state: 'displaced', suspect: false, coldStart: false }) as const),
    );
    const ending = await runFunction(pool, callWith());
    expect(ending).toMatchObject({ state: 'failed', failure: { source: 'platform', type: 'ContainerLost' } });
  });

  it.each([
    ['a time-out', { state: 'timedOut', coldStart: false } as const, 'timedOut', 'TimeoutError'],
    [
      'an exit',
      {
        state: 'exited',
        exit: { exitCode: 3, cause: 'exited', lastStderr: '' },
        coldStart: false,
      } as const,
      'failed',
      'ProcessExited',
    ],
    [
      'an end for memory',
      {
        state: 'exited',
        exit: { exitCode: 137, cause: 'memoryLimit', lastStderr: '' },
        coldStart: false,
      } as const,
      'failed',
      'OutOfMemory',
    ],
    ['an app that does not load', new AppLoadError(['no such module']), 'failed', 'AppLoadError'],
  ])('says that %s was the function’s fault', async (_what, result, state, type) => {
    const { pool } = poolWith([result]);
    expect(await runFunction(pool, callWith())).toMatchObject({
      state,
      failure: { source: 'function', type },
    });
  });

  const killed = { exitCode: 137, cause: 'killed', lastStderr: '' } as const;

  it('blames what was killed by nobody knows whom once that happened again while it ran alone', async () => {
    const suspect: PoolResult = { state: 'displaced', suspect: true, exit: killed, coldStart: false };
    const { pool, tried } = poolWith([suspect, suspect, succeeded]);
    const ending = await runFunction(pool, callWith());
    expect(ending).toMatchObject({ state: 'failed', failure: { source: 'function', type: 'ProcessKilled' } });
    expect(tried.map(({ alone }) => alone)).toEqual([false, true]);
    expect(ending.attempts).toHaveLength(1);
  });

  it('does not blame a suspect that went alone for another’s fault', async () => {
    const suspect: PoolResult = { state: 'displaced', suspect: true, exit: killed, coldStart: false };
    const { pool } = poolWith([suspect, { state: 'displaced', suspect: false, coldStart: false }, succeeded]);
    expect(await runFunction(pool, callWith())).toMatchObject({ state: 'succeeded' });
  });

  it('throws what the platform lost, and what was evicted', async () => {
    const exit = { exitCode: null, cause: 'engine', lastStderr: '' } as const;
    const lost = poolWith([{ state: 'lost', exit, coldStart: false }]).pool;
    await expect(runFunction(lost, callWith())).rejects.toThrow(ContainerLostError);
    const evicted = poolWith([{ state: 'evicted', coldStart: false }]).pool;
    await expect(runFunction(evicted, callWith())).rejects.toThrow(EvictedError);
  });

  it('throws what is the platform’s fault', async () => {
    const { pool } = poolWith([new Error('engine away')]);
    await expect(runFunction(pool, callWith())).rejects.toThrow('engine away');
  });
});
