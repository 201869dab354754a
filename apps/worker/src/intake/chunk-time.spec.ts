import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ChunkJob } from '#shared/contracts/jobs.js';
import type { ChunkProgress } from '#shared/domain/batch.js';
import type { TakenJob } from '#shared/queue/work-source.js';
import type { ChannelInvocation } from '../channel/language-worker-channel.js';
import { EvictedError } from '../containers/evicted-error.js';
import type { PoolResult } from '../containers/pool/app-host-pool.js';
import { runChunk } from './chunk-run.js';
import type { ChunkTools } from './chunk-work.js';

const ITEMS = 5;
const NOW_MS = 1_000_000;
const succeeded: PoolResult = { state: 'succeeded', output: { returnValue: 1 }, coldStart: false };
const evicted: PoolResult = { state: 'evicted', coldStart: false };

/** A chunk of five items, one at a time, on a machine that does as the test says. */
class World {
  /** So many items fit. */
  fitting = Infinity;
  run: () => PoolResult | Promise<PoolResult> = () => succeeded;
  endCalls: () => void = () => undefined;
  readonly started: string[] = [];
  readonly measured: string[] = [];
  readonly committed: number[] = [];
  isDone = false;
  readonly startedAtMs = performance.now();

  readonly tools = {
    batches: { claimChunk: async () => true, finishedLines: async () => new Set([2]) },
    versions: { find: async () => ({ host: {}, functions: [{ name: 'f', bindings: [] }] }) },
    appSettings: { equip: async (version: unknown) => version },
    input: { read: () => this.lines() },
    lease: { isHeld: true },
    meter: { of: () => undefined },
    terminations: { watch: () => ({ signal: new AbortController().signal, end: () => undefined }) },
    now: () => new Date(NOW_MS + performance.now() - this.startedAtMs),
    gate: {
      forItems: () => {
        const admission = {
          isShort: false,
          mayStart: () => !(admission.isShort ||= (this.fitting -= 1) < 0),
        };
        return admission;
      },
    },
    durations: { measured: ({ kind }: { kind: string }) => void this.measured.push(kind) },
    recorder: {
      recordProgress: async ({ items, done }: ChunkProgress) => {
        this.committed.push(...items.map(({ lineNumber }) => lineNumber));
        this.isDone ||= done;
        return 'committed';
      },
    },
    pool: {
      run: async (_version: unknown, _compartment: string, { input }: ChannelInvocation) => {
        this.started.push((input as { message: string }).message);
        return this.run();
      },
      endCalls: async () => this.endCalls(),
    },
    settings: { machineId: 'm', itemsInFlight: 1, groupSize: 1, maxItemBytes: 100 },
  } as unknown as ChunkTools;

  async *lines() {
    for (let lineNumber = 1; lineNumber <= ITEMS; lineNumber += 1)
      yield [{ lineNumber, text: String(lineNumber) }];
  }

  take(job: Partial<ChunkJob> = {}) {
    const chunk = {
      kind: 'chunk',
      id: 'c',
      runId: 'r',
      appId: 'a',
      functionName: 'f',
      firstLine: 1,
      lineCount: 5,
      dispatchCount: 1,
      ...job,
    } as ChunkJob;
    const course = { evictions: 0, passes: 0 };
    const lost = new AbortController().signal;
    const taken: TakenJob & { job: ChunkJob } = {
      job: chunk,
      course,
      attemptsStarted: 1,
      isLastTry: false,
      lost,
    };
    return runChunk(this.tools, taken, 'chunk-0');
  }
}

describe('runChunk, where time is short', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it('runs what is not finished, measures it and ends the chunk', async () => {
    expect(await world.take()).toBe('done');
    expect(world.started).toEqual(['1', '3', '4', '5']);
    expect(world.measured).toEqual(['item', 'item', 'item', 'item']);
    expect([world.committed, world.isDone]).toEqual([[1, 3, 4, 5], true]);
  });

  it('starts no item that does not fit, keeps those that did, and leaves the rest', async () => {
    world.fitting = 2;
    expect(await world.take()).toBe('passRest');
    expect(world.started).toEqual(['1', '3']);
    expect([world.committed, world.isDone]).toEqual([[1, 3], false]);
  });

  it('leaves the rest also when only the last one does not fit', async () => {
    world.fitting = 3;
    expect(await world.take()).toBe('passRest');
    expect([world.committed, world.isDone]).toEqual([[1, 3, 4], false]);
  });

  it('gives back at the end of its window what still runs: no failure, and what is finished stays', async () => {
    world.run = () =>
      world.started.length === 1
        ? succeeded
        : new Promise((resolve) => (world.endCalls = () => void resolve(evicted)));
    expect(await world.take({ notAfter: NOW_MS + 50 })).toBe('passRest');
    expect(world.started).toEqual(['1', '3']);
    expect([world.committed, world.isDone]).toEqual([[1], false]);
  });

  it('records nothing of an item that fails as its window ends, nor of one that waits for its next try then', async () => {
    const failure = { source: 'function', type: 'Error', message: 'broke' } as const;
    const failed: PoolResult = { state: 'failed', failure, coldStart: false };
    world.run = () =>
      world.started.length === 1
        ? failed
        : new Promise((resolve) => (world.endCalls = () => void resolve(failed)));
    const retry = { attempts: 3, backoff: 'fixed', delaySeconds: 3600 } as const;
    expect(await world.take({ notAfter: NOW_MS + 50, retry })).toBe('passRest');
    expect([world.started, world.committed, world.isDone]).toEqual([['1', '3'], [], false]);
  });

  it('leaves items that still wait for their next try when its window ends', async () => {
    const failure = { source: 'function', type: 'Error', message: 'broke' } as const;
    world.run = () =>
      world.started.length === 1 ? { state: 'failed', failure, coldStart: false } : succeeded;
    const retry = { attempts: 3, backoff: 'fixed', delaySeconds: 3600 } as const;
    expect(await world.take({ notAfter: NOW_MS + 100, retry })).toBe('passRest');
    expect([world.committed, world.isDone]).toEqual([[3, 4, 5], false]);
  });

  it('starts nothing once its window is over', async () => {
    world.fitting = 0;
    expect(await world.take({ notAfter: NOW_MS - 1 })).toBe('passRest');
    expect([world.started, world.committed]).toEqual([[], []]);
  });

  it('tells an eviction before the end of its window from that end', async () => {
    world.run = () => evicted;
    await expect(world.take({ notAfter: NOW_MS + 60_000 })).rejects.toThrow(EvictedError);
  });
});
