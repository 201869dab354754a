import { describe, expect, it } from '@jest/globals';
import type { ChunkJob } from '#shared/contracts/jobs.js';
import type { ChunkProgress, ItemOutcome } from '#shared/domain/batch.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import type { ChannelInvocation } from '../channel/language-worker-channel.js';
import type { PoolResult } from '../containers/pool/app-host-pool.js';
import { runChunk } from './chunk-run.js';
import type { ChunkTools } from './chunk-work.js';

const succeeded: PoolResult = { state: 'succeeded', output: { returnValue: 1 }, coldStart: false };
const evicted: PoolResult = { state: 'evicted', coldStart: false };

function failed(type = 'Error', message = 'broke'): PoolResult {
  return { state: 'failed', failure: { source: 'function', type, message }, coldStart: false };
}

type Behaviour = (
  message: string,
  call: number,
  invocation: ChannelInvocation,
) => PoolResult | Promise<PoolResult>;

/** A chunk of so many lines, each a message with its number, and all that happens to it. */
class ChunkUnderTest {
  readonly items: ItemOutcome[] = [];
  readonly calls: string[] = [];
  readonly invocations: ChannelInvocation[] = [];
  readonly lost = new AbortController();
  readonly terminated = new AbortController();
  isDone = false;
  endedCalls = 0;
  private readonly perMessage = new Map<string, number>();

  constructor(
    private readonly lines: number,
    private readonly behave: Behaviour,
    private readonly more: { retry?: ChunkJob['retry']; itemsInFlight?: number; cardinality?: string } = {},
  ) {}

  run(): Promise<unknown> {
    const taken = {
      job: this.job(),
      attemptsStarted: 1,
      course: { evictions: 0, passes: 0 },
      isLastTry: false,
      lost: this.lost.signal,
    };
    return runChunk(this.tools(), taken, 'chunk-0');
  }

  attemptsByLine(): [number, string, number][] {
    return this.items
      .toSorted((a, b) => a.lineNumber - b.lineNumber)
      .map(({ lineNumber, state, attempts }) => [lineNumber, state, attempts]);
  }

  private job(): ChunkJob {
    return {
      version: 1,
      kind: 'chunk',
      id: 'chunk',
      runId: 'run',
      appId: 'app',
      appVersionId: 'version',
      functionName: 'f',
      inputDigest: 'd',
      byteStart: 0,
      byteEnd: 1,
      firstLine: 1,
      lineCount: this.lines,
      dispatchCount: 1,
      retry: this.more.retry,
    };
  }

  private tools(): ChunkTools {
    const trigger = { name: 'm', type: 'queueTrigger', direction: 'in', cardinality: this.more.cardinality };
    const version = {
      id: 'version',
      host: { retry: { strategy: 'fixedDelay', maxRetryCount: 50, delayMs: 1 } },
      functions: [{ name: 'f', programmingModel: 'v4', bindings: [trigger], disabled: false }],
    } as unknown as AppVersion;
    const lines = Array.from({ length: this.lines }, (_, index) => ({
      lineNumber: index + 1,
      text: JSON.stringify(index + 1),
    }));
    const tools = {
      versions: { find: () => Promise.resolve(version) },
      appSettings: { equip: async (version: unknown) => version },
      pool: {
        run: (_version: unknown, _compartment: unknown, invocation: ChannelInvocation) =>
          this.answer(invocation),
        endCalls: () => {
          this.endedCalls += 1;
          return Promise.resolve();
        },
      },
      batches: { claimChunk: () => Promise.resolve(true), finishedLines: () => Promise.resolve(new Set()) },
      input: {
        read: async function* () {
          yield lines;
        },
      },
      recorder: {
        recordProgress: (progress: ChunkProgress) => {
          this.items.push(...progress.items);
          this.isDone ||= progress.done;
          return Promise.resolve('committed');
        },
      },
      lease: { isHeld: true },
      meter: { of: () => undefined },
      gate: { forItems: () => ({ mayStart: () => true, isShort: false }) },
      durations: { measured: () => undefined },
      now: () => new Date(),
      terminations: { watch: () => ({ signal: this.terminated.signal, end: () => undefined }) },
      settings: {
        machineId: 'm',
        itemsInFlight: this.more.itemsInFlight ?? 4,
        groupSize: 3,
        maxItemBytes: 1000,
        maxItemOutputBytes: 1000,
        maxItemLogBytes: 1000,
      },
    };
    return tools as unknown as ChunkTools;
  }

  private async answer(invocation: ChannelInvocation): Promise<PoolResult> {
    const { input } = invocation;
    const message = input.kind === 'queue' ? input.message : 'messages' in input ? input.messages.join() : '';
    const call = (this.perMessage.get(message) ?? 0) + 1;
    this.perMessage.set(message, call);
    this.calls.push(message);
    this.invocations.push(invocation);
    await Promise.resolve();
    return this.behave(message, call, invocation);
  }
}

const retry = { attempts: 3, backoff: 'fixed', delaySeconds: 0 } as const;

describe('runChunk', () => {
  it('tries an item again as its run says, and not as the function does', async () => {
    const chunk = new ChunkUnderTest(
      3,
      (message, call) => (message === '2' && call < 3 ? failed() : succeeded),
      {
        retry,
      },
    );
    await chunk.run();
    expect(chunk.attemptsByLine()).toEqual([
      [1, 'succeeded', 1],
      [2, 'succeeded', 3],
      [3, 'succeeded', 1],
    ]);
    expect(chunk.isDone).toBe(true);
    const [, second] = chunk.items.toSorted((a, b) => a.lineNumber - b.lineNumber);
    expect(second?.failure).toBeUndefined();
    expect(second?.earlierFailures).toEqual([
      {
        attempt: 1,
        type: 'Error',
        message: 'broke',
        startedAt: expect.any(Date),
        durationMs: expect.any(Number),
      },
      {
        attempt: 2,
        type: 'Error',
        message: 'broke',
        startedAt: expect.any(Date),
        durationMs: expect.any(Number),
      },
    ]);
  });

  it('makes a dead letter of an item that has used its attempts, with what went wrong last', async () => {
    const chunk = new ChunkUnderTest(1, (_, call) => failed('Error', `try ${call}`), { retry });
    await chunk.run();
    expect(chunk.attemptsByLine()).toEqual([[1, 'failed', 3]]);
    expect(chunk.items[0]?.failure?.message).toBe('try 3');
    expect(chunk.items[0]?.earlierFailures?.map(({ message }) => message)).toEqual(['try 1', 'try 2']);
  });

  it('tries again only the errors that the run names', async () => {
    const behave: Behaviour = (message) => failed(message === '1' ? 'TimeoutError' : 'TypeError');
    const chunk = new ChunkUnderTest(2, behave, { retry: { ...retry, on: ['TimeoutError'] } });
    await chunk.run();
    expect(chunk.attemptsByLine()).toEqual([
      [1, 'failed', 3],
      [2, 'failed', 1],
    ]);
  });

  it('goes by the function’s own policy without one of the run', async () => {
    const chunk = new ChunkUnderTest(1, (_, call) => (call < 5 ? failed() : succeeded));
    await chunk.run();
    expect(chunk.attemptsByLine()).toEqual([[1, 'succeeded', 5]]);
  });

  it('gives the slot of an item that waits to others', async () => {
    const behave: Behaviour = (message, call) => (message === '1' && call === 1 ? failed() : succeeded);
    const waits = { ...retry, delaySeconds: 0.2 };
    const chunk = new ChunkUnderTest(20, behave, { retry: waits, itemsInFlight: 1 });
    await chunk.run();
    // With its only slot held for the wait, the others would have come after the second try.
    expect(chunk.calls.indexOf('20')).toBeLessThan(chunk.calls.lastIndexOf('1'));
    expect(chunk.calls.filter((message) => message === '1')).toHaveLength(2);
    expect(chunk.items).toHaveLength(20);
  });

  it('tells the function which try it is', async () => {
    const chunk = new ChunkUnderTest(1, (_, call) => (call === 1 ? failed() : succeeded), { retry });
    await chunk.run();
    expect(chunk.invocations.map((invocation) => invocation.retry)).toEqual([
      { retryCount: 0, maxRetryCount: 2, lastFailure: undefined },
      {
        retryCount: 1,
        maxRetryCount: 2,
        lastFailure: { source: 'function', type: 'Error', message: 'broke' },
      },
    ]);
    expect(chunk.invocations.map(({ input }) => (input.kind === 'queue' ? input.metadata : null))).toEqual([
      { Id: 'run/1', DequeueCount: 1 },
      { Id: 'run/1', DequeueCount: 2 },
    ]);
  });

  it('splits a group that fails at once, and tries its items again alone', async () => {
    const behave: Behaviour = (message, call) =>
      message.includes('2') && (message !== '2' || call < 2) ? failed() : succeeded;
    const chunk = new ChunkUnderTest(3, behave, { retry, cardinality: 'many' });
    await chunk.run();
    expect(chunk.calls).toEqual(['1,2,3', '1', '2', '3', '2']);
    const second = chunk.items.find(({ lineNumber }) => lineNumber === 2);
    expect(second?.earlierFailures?.map(({ attempt }) => attempt)).toEqual([1]);
    expect(chunk.attemptsByLine()).toEqual([
      [1, 'succeeded', 1],
      [2, 'succeeded', 2],
      [3, 'succeeded', 1],
    ]);
  });

  it('gives an item that runs alone after its group its element of the answer', async () => {
    const dealt: PoolResult = { state: 'succeeded', output: { returnValue: ['mine'] }, coldStart: false };
    const behave: Behaviour = (message) => (message.includes(',') ? failed() : dealt);
    for (const more of [{ retry }, {}]) {
      const chunk = new ChunkUnderTest(2, behave, { ...more, cardinality: 'many' });
      await chunk.run();
      expect(chunk.items.map(({ output }) => output)).toEqual(['mine', 'mine']);
    }
  });

  it('keeps few of many errors: the first, and the last ones', async () => {
    const chunk = new ChunkUnderTest(1, (_, call) => failed('Error', `try ${call}`), {
      retry: { ...retry, attempts: 40 },
    });
    await chunk.run();
    expect(chunk.items[0]?.earlierFailures?.map(({ attempt }) => attempt)).toEqual([
      1, 31, 32, 33, 34, 35, 36, 37, 38, 39,
    ]);
  });

  it('forgets items that wait when the chunk is lost', async () => {
    const chunk = new ChunkUnderTest(2, (message) => (message === '1' ? failed() : succeeded), {
      retry: { ...retry, delaySeconds: 3600 },
    });
    const run = chunk.run();
    while (chunk.calls.length < 2) await new Promise((resolve) => setImmediate(resolve));
    chunk.lost.abort();
    await run;
    expect(chunk.items.map(({ lineNumber }) => lineNumber)).not.toContain(1);
    expect(chunk.isDone).toBe(false);
  });

  describe('of a run that is terminated', () => {
    it('cancels what runs and what waits, and begins nothing more', async () => {
      const chunk: ChunkUnderTest = new ChunkUnderTest(
        10,
        async (message) => {
          if (message === '1') return failed();
          if (message === '2') return succeeded;
          // The container of the third and fourth goes with the end of their calls.
          while (chunk.endedCalls === 0) await new Promise((resolve) => setImmediate(resolve));
          return evicted;
        },
        { retry: { ...retry, delaySeconds: 3600 }, itemsInFlight: 2 },
      );
      const run = chunk.run();
      while (chunk.calls.length < 4) await new Promise((resolve) => setImmediate(resolve));
      chunk.terminated.abort();
      await run;
      expect(chunk.attemptsByLine().map(([line, state]) => [line, state])).toEqual([
        [1, 'cancelled'],
        [2, 'succeeded'],
        [3, 'cancelled'],
        [4, 'cancelled'],
      ]);
      expect(chunk.items.find(({ lineNumber }) => lineNumber === 3)?.failure?.type).toBe('Terminated');
      expect(chunk.calls).toHaveLength(4);
      expect(chunk.endedCalls).toBe(1);
      expect(chunk.isDone).toBe(true);
    });

    it('ends no calls for a chunk that is over: by then they are those of another run', async () => {
      const chunk = new ChunkUnderTest(1, () => succeeded);
      await chunk.run();
      chunk.terminated.abort();
      expect(chunk.endedCalls).toBe(0);
    });

    it('cancels all items of a group that runs', async () => {
      const chunk: ChunkUnderTest = new ChunkUnderTest(
        3,
        async () => {
          while (chunk.endedCalls === 0) await new Promise((resolve) => setImmediate(resolve));
          return evicted;
        },
        { cardinality: 'many' },
      );
      const run = chunk.run();
      while (chunk.calls.length < 1) await new Promise((resolve) => setImmediate(resolve));
      chunk.terminated.abort();
      await run;
      expect(chunk.attemptsByLine().map(([, state]) => state)).toEqual([
        'cancelled',
        'cancelled',
        'cancelled',
      ]);
      expect(chunk.isDone).toBe(true);
    });
  });
});
