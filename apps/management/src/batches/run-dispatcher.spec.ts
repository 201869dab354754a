import { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChunkJob } from '#shared/contracts/jobs.js';
import type { BatchRun, ItemOutcome } from '#shared/domain/batch.js';
import { newId } from '#shared/domain/ids.js';
import { fenceOf } from '#shared/domain/invocation.js';
import { matchmakerOver } from '../../../../test/support/matchmaker.js';
import { InMemoryReplyInbox } from '../../../../test/support/doubles/in-memory-reply-inbox.js';
import { InMemoryWorkQueue } from '../../../../test/support/doubles/in-memory-work-queue.js';
import { removeFolder } from '../../../../test/support/temp-folder.js';
import { activateApp, functionWith, openTempStores } from '../../../../test/support/temp-stores.js';
import type { TempStores } from '../../../../test/support/temp-stores.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { lanesOf } from '../dispatch/lanes.js';
import { OutcomeWaiter } from '../dispatch/outcome-waiter.js';
import { QueueTrouble } from '../dispatch/queue-trouble.js';
import { reconcileWork } from '../dispatch/reconcile-work.js';
import { ActiveVersions } from './definitions/active-versions.js';
import { BatchRuns } from './batch-runs.js';
import { ChunkOpener } from './chunk-opener.js';
import { ChunkPromises } from './chunk-promises.js';
import { itemLines } from './chunk-scan.js';
import { FailureLimits } from './failure-limits.js';
import { InputFiles } from './inputs/input-files.js';
import { ReadyMachines } from './ready-machines.js';
import { RunDispatcher } from './run-dispatcher.js';
import { ItemTimes } from './turns/item-times.js';
import { PoolUsages } from './turns/pool-usages.js';
import { RunFacts } from './turns/run-facts.js';
import { WaitNotes } from './turns/wait-notes.js';

const SETTINGS = {
  pool: 'default',
  os: 'linux',
  reconcileIntervalSeconds: 60,
  reconcileSilentSeconds: 0,
  maxDispatches: 3,
  maxInputBytes: 1_000_000,
  maxInputItems: 100_000,
  chunkTargetSeconds: 30,
  itemConcurrency: 10,
  firstChunkItems: 20,
  maxChunkItems: 100,
  maxChunkBytes: 10_000,
  chunksInFlight: 3,
} as const;
const { overnight: LANE } = lanesOf(SETTINGS);
const MACHINE = newId();

Logger.overrideLogger(false);

describe('RunDispatcher', () => {
  let stores: TempStores;
  let queue: InMemoryWorkQueue;

  beforeEach(async () => {
    stores = await openTempStores('run-dispatcher');
    await activateApp(stores, 'billing', [functionWith('invoice', { type: 'queueTrigger' })]);
    queue = new InMemoryWorkQueue();
  });

  afterEach(() => stores.dispose());

  /** A management instance: all that it knows of runs is in the stores. */
  function instance() {
    const { invocations, schedules, batches, inputs, blobs, catalogue, machines } = stores;
    const files = new InputFiles(SETTINGS, blobs, inputs);
    const inbox = new InMemoryReplyInbox();
    const outcomes = new OutcomeWaiter(inbox, invocations);
    const dispatcher = new Dispatcher(
      SETTINGS,
      queue,
      inbox,
      invocations,
      schedules,
      outcomes,
      new QueueTrouble(),
      matchmakerOver(stores, SETTINGS),
    );
    const opener = new ChunkOpener(SETTINGS, batches, blobs, dispatcher);
    const failures = new FailureLimits(batches, stores.batchEvents);
    const times = new ItemTimes(batches);
    const runs = new RunDispatcher(
      SETTINGS,
      batches,
      new ReadyMachines(machines),
      new RunFacts(
        SETTINGS,
        SETTINGS,
        stores.store,
        batches,
        new PoolUsages(stores.work),
        times,
        matchmakerOver(stores, SETTINGS),
        failures,
      ),
      times,
      opener,
      failures,
      new WaitNotes(batches),
    );
    return { runs, batches: new BatchRuns(files, new ActiveVersions(catalogue), batches, dispatcher, runs) };
  }

  const startRun = async (lines: readonly string[], name = 'nightly'): Promise<BatchRun> => {
    const body = Readable.from([Buffer.from(lines.join('\n'))], { objectMode: false });
    return (await instance().batches.start({ app: 'billing', function: 'Invoice', name, body })).run;
  };

  const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `{"n":${n}}`);

  /** As a worker: claims the chunk, runs what has no outcome yet, commits, acknowledges. */
  async function work(job: ChunkJob, only = Infinity): Promise<number[]> {
    const fence = fenceOf(job.dispatchCount, 1);
    if (!(await stores.batches.claimChunk(job.id, fence, MACHINE))) {
      queue.finish(LANE, job.id);
      return [];
    }
    const content = await stores.blobs.open(job.inputDigest, { start: job.byteStart, end: job.byteEnd });
    const finished = await stores.batches.finishedLines(job.runId, job.firstLine, job.lineCount);
    const lines = (await itemLines(content, job.firstLine)).filter((line) => !finished.has(line));
    const ran = lines.slice(0, only);
    const items = ran.map((lineNumber): ItemOutcome => {
      return { lineNumber, state: 'succeeded', attempts: 1, startedAt: new Date(), durationMs: 1 };
    });
    const done = ran.length === lines.length;
    const progress = { chunkId: job.id, runId: job.runId, fence, machineId: MACHINE, items, done };
    await stores.batches.recordProgress([progress]);
    if (done) queue.finish(LANE, job.id);
    return ran;
  }

  const take = (): ChunkJob | undefined => queue.take(LANE) as ChunkJob | undefined;

  /** Rounds and work until no run is open; fails after too many. */
  async function runToTheEnd(instances: readonly { runs: RunDispatcher }[]): Promise<void> {
    for (let round = 0; round < 500; round += 1) {
      const rounds = await Promise.all(instances.map(({ runs }) => runs.carryOn()));
      if (rounds.every(({ openRuns }) => openRuns === 0)) return;
      for (let job = take(); job; job = take()) await work(job);
    }
    throw new Error('The runs did not come to their end.');
  }

  const reconcile = () =>
    reconcileWork(
      new ChunkPromises(
        SETTINGS,
        stores.store,
        stores.batches,
        stores.blobs,
        matchmakerOver(stores, SETTINGS),
      ),
      queue,
      SETTINGS,
      () => false,
    );

  it('carries a run to its end: each item once, blank lines none', async () => {
    const lines = numbers(1000);
    lines.splice(500, 0, '', '  ');
    const run = await startRun([...lines, '', '']);
    expect(run).toMatchObject({ state: 'waiting', itemsTotal: 1000, functionName: 'invoice' });

    await runToTheEnd([instance()]);

    expect(await stores.batches.findRun(run.id)).toMatchObject({ state: 'succeeded' });
    expect(await stores.batches.progress(run.id)).toMatchObject({ itemsSucceeded: 1000, itemsFailed: 0 });
    const items = await stores.batches.listItems(run.id, {}, { limit: 1000 });
    expect(items.rows.map((item) => item.lineNumber)).toEqual(
      lines.flatMap((line, index) => (line.trim() === '' ? [] : [index + 1])),
    );
  });

  it('begins with small chunks and goes on with large ones once it knows how long an item takes', async () => {
    await startRun(numbers(1000));
    const { runs } = instance();
    await runs.carryOn();
    const first = take()!;
    expect(first).toMatchObject({ lineCount: 20, traceParent: expect.stringMatching(/^00-[0-9a-f]{32}-/) });
    await work(first);
    await runs.carryOn();
    expect(queue.waiting(LANE).at(-1)).toMatchObject({ lineCount: 100 });
  });

  it('keeps a bounded number of chunks in flight, and takes turns between runs', async () => {
    const a = await startRun(numbers(1000), 'a');
    const b = await startRun(numbers(1000), 'b');
    const { runs } = instance();
    await runs.carryOn();
    await runs.carryOn();
    const order = (): string[] => queue.waiting(LANE).map((job) => (job as ChunkJob).runId);
    expect(order()).toEqual([a.id, b.id, a.id]);
    await work(take()!);
    await runs.carryOn();
    expect(order()).toEqual([b.id, a.id, b.id]);
  });

  it('opens no chunk twice when two instances do the same at once', async () => {
    const run = await startRun(numbers(1500));
    await runToTheEnd([instance(), instance()]);
    expect(await stores.batches.progress(run.id)).toMatchObject({ itemsSucceeded: 1500 });
    expect(await stores.batches.findRun(run.id)).toMatchObject({ state: 'succeeded' });
  });

  describe('with limits', () => {
    const limitedRun = async (
      name: string,
      settings: Partial<NonNullable<BatchRun['settings']>>,
      pool?: string,
    ): Promise<BatchRun> => {
      const like = await startRun(numbers(400), `${name} as it is`);
      await stores.batches.cancelRun(like.id);
      const { run } = await stores.batches.createRun({
        id: newId(),
        name,
        appId: like.appId,
        appVersionId: like.appVersionId,
        functionName: like.functionName,
        inputDigest: like.inputDigest,
        inputSizeBytes: like.inputSizeBytes,
        itemsTotal: like.itemsTotal,
        settings: { input: { kind: 'none' }, carryOver: true, pauseOnFailure: false, ...settings },
        pool,
      });
      return run;
    };

    it('puts into a chunk’s job what it may use, and what its batch asks of machines', async () => {
      await limitedRun('one', {
        concurrencyLimit: { run: 7 },
        rateLimit: { itemsPerSecond: 3 },
        rank: 'cores',
      });
      await instance().runs.carryOn();
      const [job, ...more] = queue.waiting(LANE);
      expect(job).toMatchObject({ version: 4, itemsAtOnce: 7, itemsPerSecond: 3, batchRank: 'cores' });
      expect(more).toEqual([]);
      queue.flush();
      await reconcile();
      expect(queue.waiting(LANE)).toMatchObject([{ itemsAtOnce: 7, itemsPerSecond: 3, batchRank: 'cores' }]);
    });

    it('goes to the machines of its own pool, also after the queue was flushed, and is taken off there', async () => {
      const lane = { ...LANE, pool: 'servers' };
      const run = await limitedRun('elsewhere', {}, 'servers');
      const { runs, batches } = instance();
      await runs.carryOn();
      const chunks = queue.waiting(lane).length;
      expect(chunks).toBeGreaterThan(0);
      queue.flush();
      await reconcile();
      expect(queue.waiting(lane)).toHaveLength(chunks);
      expect(queue.waiting(LANE)).toEqual([]);
      await batches.cancel(run.id);
      expect(queue.waiting(lane)).toEqual([]);
    });

    it('never goes over a key, with two instances and three runs, and does all of their items', async () => {
      const concurrencyLimit = { key: { name: 'erp', limit: 12 } };
      const runs = [
        await limitedRun('a', { concurrencyLimit }),
        await limitedRun('b', { concurrencyLimit }),
        await limitedRun('c', { concurrencyLimit }),
      ];
      const instances = [instance(), instance()];
      const waited = new Set<string | undefined>();
      for (let round = 0; round < 200; round += 1) {
        await Promise.all(instances.map((one) => one.runs.carryOn()));
        const open = await stores.batches.listOpenWork();
        expect(open.reduce((sum, { itemsAtOnce }) => sum + itemsAtOnce, 0)).toBeLessThanOrEqual(12);
        for (const { id } of runs) waited.add((await stores.batches.findRun(id))?.waitReason?.code);
        const job = take();
        if (job) await work(job);
      }
      for (const { id } of runs)
        expect(await stores.batches.findRun(id)).toMatchObject({ state: 'succeeded', waitReason: null });
      expect(waited).toContain('CONCURRENCY_KEY_FULL');
    });
  });

  it('goes on after a restart in mid-run', async () => {
    const run = await startRun(numbers(600));
    await instance().runs.carryOn();
    await work(take()!);
    await runToTheEnd([instance()]);
    expect(await stores.batches.progress(run.id)).toMatchObject({ itemsSucceeded: 600 });
  });

  it('goes on after the queue was flushed in mid-run, each item once', async () => {
    const run = await startRun(numbers(600));
    const { runs } = instance();
    await runs.carryOn();
    await work(take()!, 7);
    queue.flush();
    expect(await reconcile()).toMatchObject({ redispatched: 3 });
    expect(queue.waiting(LANE)).toMatchObject([
      { dispatchCount: 2 },
      { dispatchCount: 2 },
      { dispatchCount: 2 },
    ]);
    await runToTheEnd([{ runs }]);
    expect(await stores.batches.progress(run.id)).toMatchObject({ itemsSucceeded: 600, itemsFailed: 0 });
  });

  it('opens chunks while the queue is away, but no more than may be in flight', async () => {
    const run = await startRun(numbers(600));
    const { runs } = instance();
    queue.unreachable = true;
    await runs.carryOn();
    await runs.carryOn();
    expect(await stores.batches.countOpenChunks(run.id)).toBe(3);
    queue.unreachable = false;
    await reconcile();
    await runToTheEnd([{ runs }]);
    expect(await stores.batches.progress(run.id)).toMatchObject({ itemsSucceeded: 600 });
  });

  it('fails the items of a chunk that was lost too often, and only those', async () => {
    const run = await startRun(numbers(100));
    const { runs } = instance();
    await runs.carryOn();
    await work(take()!, 5);
    const others = [take()!, take()!];
    for (const other of others) await work(other);
    for (let dispatch = 1; dispatch < SETTINGS.maxDispatches; dispatch += 1) {
      queue.flush();
      expect(await reconcile()).toMatchObject({ redispatched: 1 });
    }
    queue.flush();
    expect(await reconcile()).toMatchObject({ abandoned: 1 });
    await runToTheEnd([{ runs }]);

    expect(await stores.batches.findRun(run.id)).toMatchObject({ state: 'completedWithFailures' });
    const failed = await stores.batches.listItems(run.id, { state: 'failed' }, { limit: 1000 });
    expect(failed.rows.map((item) => item.lineNumber)).toEqual(Array.from({ length: 15 }, (_, n) => n + 6));
    expect(failed.rows[0]).toMatchObject({
      attempts: 3,
      failure: { source: 'platform', type: 'ChunkAbandoned' },
    });
  });

  describe('cancelling', () => {
    it('ends at once a run that nobody works on, and takes its chunks off the queue', async () => {
      const run = await startRun(numbers(600));
      const { runs, batches } = instance();
      await runs.carryOn();
      expect(await batches.cancel(run.id)).toMatchObject({ state: 'cancelling' });
      expect(queue.waiting(LANE)).toEqual([]);
      await runs.carryOn();
      expect(await stores.batches.findRun(run.id)).toMatchObject({ state: 'cancelled' });
    });

    it('lets the chunk that a worker has come to its end', async () => {
      const run = await startRun(numbers(600));
      const { runs, batches } = instance();
      await runs.carryOn();
      const job = take()!;
      await stores.batches.claimChunk(job.id, fenceOf(1, 1), MACHINE);
      await batches.cancel(run.id);
      await runs.carryOn();
      expect(await stores.batches.findRun(run.id)).toMatchObject({ state: 'cancelling' });
      const { id: chunkId, runId } = job;
      await stores.batches.recordProgress([
        { chunkId, runId, fence: fenceOf(1, 1), machineId: MACHINE, items: [], done: true },
      ]);
      await runs.carryOn();
      expect(await stores.batches.findRun(run.id)).toMatchObject({ state: 'cancelled' });
    });

    it('ends a run whose last worker died', async () => {
      const run = await startRun(numbers(600));
      const { runs, batches } = instance();
      await runs.carryOn();
      await work(take()!, 3);
      await batches.cancel(run.id);
      queue.flush();
      expect(await reconcile()).toMatchObject({ cancelled: 1 });
      await runs.carryOn();
      expect(await stores.batches.findRun(run.id)).toMatchObject({ state: 'cancelled' });
      expect(await stores.batches.progress(run.id)).toMatchObject({ itemsSucceeded: 3, itemsCancelled: 17 });
    });

    it('says that a run has ended, or does not exist', async () => {
      const run = await startRun(numbers(10));
      const one = instance();
      await runToTheEnd([one]);
      await expect(one.batches.cancel(run.id)).rejects.toThrow(/has ended as succeeded/);
      await expect(one.batches.cancel(newId())).rejects.toThrow(/no batch run/);
    });
  });

  it('fails a run whose input is gone, and says so', async () => {
    const run = await startRun(numbers(600));
    await removeFolder(`${stores.folder}/blobs`);
    await instance().runs.carryOn();
    expect(await stores.batches.findRun(run.id)).toMatchObject({
      state: 'failed',
      failure: { source: 'platform', type: 'InputMissing' },
    });
  });
});
