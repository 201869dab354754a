import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UnavailableError } from '#shared/domain/errors.js';
import { newId } from '#shared/domain/ids.js';
import { BullmqWorkQueue } from '#shared/queue/bullmq/bullmq-work-queue.js';
import { BullmqWorkSource } from '#shared/queue/bullmq/bullmq-work-source.js';
import type { QueueSettings } from '#shared/queue/bullmq/redis-connection.js';
import { RedisReplyInbox, RedisReplySender } from '#shared/queue/bullmq/redis-reply-channel.js';
import type { JobVerdict, TakenJob } from '#shared/queue/work-source.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { waitFor } from '../../support/wait-for.js';
import { describeWorkQueue, indexJob, lane } from './work-queue-contract.js';

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const settingsOfATest = (): QueueSettings => ({ redisUrl: redis.url, keyPrefix: `test-${newId()}` });

async function openQueue(settings: QueueSettings): Promise<BullmqWorkQueue> {
  const queue = BullmqWorkQueue.open(settings);
  await waitFor(() => queue.check().then(() => true), { timeoutMs: 60_000 });
  return queue;
}

/** A source whose handler holds each job until the test says what becomes of it. */
class HeldSource {
  readonly held: { taken: TakenJob; settle: (verdict: JobVerdict) => void }[] = [];
  readonly troubles: string[] = [];
  readonly source: BullmqWorkSource;

  constructor(settings: QueueSettings) {
    this.source = new BullmqWorkSource(
      { ...settings, machineId: newId() },
      { onTrouble: (message) => this.troubles.push(message) },
    );
  }

  open(concurrency: number): Promise<void> {
    return this.source.consume(
      lane,
      concurrency,
      (taken) => new Promise((settle) => this.held.push({ taken, settle })),
    );
  }

  async next(): Promise<{ taken: TakenJob; settle: (verdict: JobVerdict) => void }> {
    await waitFor(() => this.held.length > 0, { timeoutMs: 60_000, intervalMs: 5, what: 'a job' });
    const first = this.held.shift();
    if (!first) throw new Error('no job is held');
    return first;
  }
}

describeWorkQueue('BullMQ', async () => {
  const settings = settingsOfATest();
  const queue = await openQueue(settings);
  const consumer = new HeldSource(settings);
  let opened = false;
  const take = async () => {
    if (!opened) await consumer.open(1);
    opened = true;
    consumer.source.resume();
    const { taken, settle } = await consumer.next();
    await consumer.source.pause();
    const finish = async (): Promise<void> => {
      settle('done');
      await waitFor(async () => !(await queue.known(lane, [taken.job.id])).has(taken.job.id), {
        timeoutMs: 60_000,
      });
    };
    // One at a time is what the contract asks for; more slots would take more than the test wants.
    held.push(settle);
    return { id: taken.job.id, finish };
  };
  const held: ((verdict: JobVerdict) => void)[] = [];
  const close = async (): Promise<void> => {
    for (const settle of held) settle('done');
    await consumer.source.close(1);
    await queue.close();
  };
  return { queue, take, close };
});

describe('BullmqWorkSource', () => {
  let settings: QueueSettings;
  let queue: BullmqWorkQueue;
  let consumer: HeldSource;
  beforeEach(async () => {
    settings = settingsOfATest();
    queue = await openQueue(settings);
    consumer = new HeldSource(settings);
    await consumer.open(4);
  });
  afterEach(async () => {
    for (const { settle } of consumer.held) settle('done');
    await consumer.source.close(0);
    await queue.close();
  });

  it('hands a job that is handed back out again at once, before others, and counts the start', async () => {
    const first = indexJob();
    await queue.enqueue(lane, [first]);
    const taken = await consumer.next();
    expect(taken.taken.attemptsStarted).toBe(1);
    taken.settle('handBack');
    const again = await consumer.next();
    expect(again.taken.job.id).toBe(first.id);
    expect(again.taken.attemptsStarted).toBe(2);
    again.settle('done');
  });

  it('hands a job that is to be retried later out again after a delay', async () => {
    await queue.enqueue(lane, [indexJob()]);
    const taken = await consumer.next();
    const sinceMs = performance.now();
    taken.settle('retryLater');
    const again = await consumer.next();
    expect(performance.now() - sinceMs).toBeGreaterThan(300);
    again.settle('done');
  });

  it('hands what the platform failed on one machine to another that is there', async () => {
    await queue.enqueue(lane, [indexJob()]);
    const taken = await consumer.next();
    await consumer.source.pause();
    taken.settle('retryLater');
    const other = new HeldSource(settings);
    await other.open(1);
    const elsewhere = await other.next();
    // Taken at its first start there: it is passed over only where it failed.
    expect(elsewhere.taken).toMatchObject({ job: taken.taken.job, attemptsStarted: 2 });
    elsewhere.settle('done');
    await other.source.close(60);
  });

  it('hands it to the same machine again when no other takes it', async () => {
    await queue.enqueue(lane, [indexJob()]);
    const first = await consumer.next();
    first.settle('retryLater');
    const again = await consumer.next();
    // That it was passed over in between is no start.
    expect([first, again].map(({ taken }) => taken.attemptsStarted)).toEqual([1, 2]);
    expect([first, again].map(({ taken }) => taken.isLastTry)).toEqual([false, false]);
    again.settle('done');
  });

  it('leaves what a machine passes over to another, which sees that it was, and counts no start', async () => {
    await queue.enqueue(lane, [indexJob()]);
    const taken = await consumer.next();
    expect(taken.taken.course).toEqual({ evictions: 0, passes: 0 });
    await consumer.source.pause();
    taken.settle('pass');
    const other = new HeldSource(settings);
    await other.open(1);
    const elsewhere = await other.next();
    expect(elsewhere.taken).toMatchObject({
      job: taken.taken.job,
      attemptsStarted: 1,
      isLastTry: false,
      course: { evictions: 0, passes: 1 },
    });
    elsewhere.settle('done');
    await other.source.close(60);
  });

  it('never gives up what is passed over again and again, and leaves other work the slot meanwhile', async () => {
    const passed = indexJob();
    await queue.enqueue(lane, [passed]);
    const starts: number[] = [];
    for (let passes = 0; passes < 3; passes += 1) {
      const { taken, settle } = await consumer.next();
      expect(taken.course.passes).toBe(passes);
      starts.push(taken.attemptsStarted);
      settle('pass');
      await queue.enqueue(lane, [indexJob()]);
      const between = await consumer.next();
      expect(between.taken.job.id).not.toBe(passed.id);
      between.settle('done');
    }
    expect(starts).toEqual([1, 1, 1]);
    const last = await consumer.next();
    expect(last.taken).toMatchObject({ job: { id: passed.id }, attemptsStarted: 1, isLastTry: false });
    last.settle('done');
    expect(consumer.troubles).toEqual([]);
  });

  it('counts the start of what was run in part, so that its next one has a newer fence', async () => {
    await queue.enqueue(lane, [indexJob()]);
    (await consumer.next()).settle('passRest');
    const again = await consumer.next();
    expect(again.taken).toMatchObject({ attemptsStarted: 2, course: { evictions: 0, passes: 1 } });
    again.settle('done');
  });

  it('counts evictions beside the job, at once available again; running it forgets the passes', async () => {
    await queue.enqueue(lane, [indexJob()]);
    (await consumer.next()).settle('pass');
    (await consumer.next()).settle('evicted');
    (await consumer.next()).settle('handBack');
    const again = await consumer.next();
    expect(again.taken).toMatchObject({ attemptsStarted: 3, course: { evictions: 1, passes: 0 } });
    await consumer.source.giveBack();
    const givenBack = await consumer.next();
    expect(givenBack.taken.course).toEqual({ evictions: 2, passes: 0 });
    givenBack.settle('done');
  });

  it('refuses a job of an unknown form, tells of it and goes on', async () => {
    const strange = { ...indexJob(), version: 99 };
    await queue.enqueue(lane, [strange as never]);
    await queue.enqueue(lane, [indexJob()]);
    (await consumer.next()).settle('done');
    await waitFor(() => consumer.troubles.some((message) => message.includes(strange.id)), {
      timeoutMs: 60_000,
    });
    expect([...(await queue.known(lane, [strange.id]))]).toEqual([]);
  });

  it('gives back all that is under way, and hears no more of what its handlers say', async () => {
    const jobs = [indexJob(), indexJob()];
    await queue.enqueue(lane, jobs);
    const taken = [await consumer.next(), await consumer.next()];
    expect(consumer.source.busySeconds).toBeGreaterThan(0);
    await consumer.source.pause();
    await consumer.source.giveBack();
    expect(taken.map((one) => one.taken.lost.aborted)).toEqual([true, true]);
    expect(consumer.source.busySeconds).toBe(0);
    // A fetch that was under way when the lanes were paused may bring one more, which goes back too.
    const all = async (): Promise<boolean> => (await queue.depth(lane)).waiting === 2;
    await waitFor(all, { timeoutMs: 60_000, what: 'both to be back' });
    expect(consumer.held).toEqual([]);
    // Too late: the jobs stay where they are.
    for (const { settle } of taken) settle('done');
    consumer.source.resume();
    const again = [await consumer.next(), await consumer.next()];
    for (const one of again) expect(one.taken.attemptsStarted).toBeGreaterThan(1);
    expect(again.map((one) => one.taken.job.id).sort()).toEqual(jobs.map(({ id }) => id).sort());
    for (const { settle } of again) settle('done');
    await waitFor(async () => (await queue.depth(lane)).active === 0, { timeoutMs: 60_000 });
  });

  it('gives back in time although Redis is down', async () => {
    await queue.enqueue(lane, [indexJob()]);
    const taken = await consumer.next();
    await redis.kill();
    await consumer.source.giveBack();
    expect(taken.taken.lost.aborted).toBe(true);
    await redis.restart();
    const again = await consumer.next();
    expect(again.taken.attemptsStarted).toBe(2);
    again.settle('done');
  });

  it('hands back on close what does not end within the grace', async () => {
    const job = indexJob();
    await queue.enqueue(lane, [job]);
    const { taken } = await consumer.next();
    await consumer.source.close(0.05);
    expect(taken.lost.aborted).toBe(true);
    expect(consumer.troubles).toEqual([]);
    expect(await queue.depth(lane)).toEqual({ waiting: 1, active: 0 });
  });

  it('closes in time although Redis is down', async () => {
    const ownRedis = await startRedis();
    const own = { redisUrl: ownRedis.url, keyPrefix: 'closing' };
    const ownQueue = await openQueue(own);
    const ownConsumer = new HeldSource(own);
    await ownConsumer.open(1);
    await ownQueue.enqueue(lane, [indexJob()]);
    await ownConsumer.next();
    await ownRedis.kill();
    const sinceMs = performance.now();
    await ownConsumer.source.close(0.1);
    await ownQueue.close();
    expect(performance.now() - sinceMs).toBeLessThan(10_000);
    await ownRedis.stop();
  }, 120_000);
});

describe('BullmqWorkQueue', () => {
  it('says at once that Redis is away, and works again when it is back', async () => {
    const ownRedis = await startRedis();
    const queue = await openQueue({ redisUrl: ownRedis.url, keyPrefix: 'outage' });
    await ownRedis.kill();
    await delay(50);
    const sinceMs = performance.now();
    await expect(queue.enqueue(lane, [indexJob()])).rejects.toThrow(UnavailableError);
    expect(performance.now() - sinceMs).toBeLessThan(5_000);
    await ownRedis.restart();
    await waitFor(() => queue.check().then(() => true), { timeoutMs: 60_000 });
    await queue.enqueue(lane, [indexJob()]);
    await queue.close();
    await ownRedis.stop();
  }, 120_000);
});

describe('the reply channel', () => {
  it('brings each reply to the one who waits for it, many at once', async () => {
    const settings = settingsOfATest();
    const inbox = new RedisReplyInbox(settings);
    const sender = RedisReplySender.open(settings);
    await inbox.open();
    await delay(100);
    const ids = Array.from({ length: 500 }, newId);
    const waiters = ids.map((id) => inbox.expect(id, 60_000));
    for (const id of ids) sender.send(inbox.address, { kind: 'invocation', id, state: 'succeeded' });
    const replies = await Promise.all(waiters.map(({ reply }) => reply));
    expect(replies.map((reply) => reply?.id)).toEqual(ids);
    await Promise.all([sender.close(), inbox.close()]);
  });

  it('gives both callers of one id the reply', async () => {
    const settings = settingsOfATest();
    const inbox = new RedisReplyInbox(settings);
    const sender = RedisReplySender.open(settings);
    await inbox.open();
    await delay(100);
    const id = newId();
    const both = [inbox.expect(id, 60_000), inbox.expect(id, 60_000)];
    sender.send(inbox.address, { kind: 'invocation', id, state: 'succeeded' });
    expect((await Promise.all(both.map(({ reply }) => reply))).map((reply) => reply?.id)).toEqual([id, id]);
    await Promise.all([sender.close(), inbox.close()]);
  });

  it('answers null after the time-out, on cancel and on close', async () => {
    const inbox = new RedisReplyInbox(settingsOfATest());
    await inbox.open();
    const late = inbox.expect(newId(), 20);
    const cancelled = inbox.expect(newId(), 60_000);
    const closed = inbox.expect(newId(), 60_000);
    cancelled.cancel();
    expect(await late.reply).toBeNull();
    expect(await cancelled.reply).toBeNull();
    await inbox.close();
    expect(await closed.reply).toBeNull();
  });
});
