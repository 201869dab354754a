import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { newId } from '#shared/domain/ids.js';
import { BullmqWorkQueue } from '#shared/queue/bullmq/bullmq-work-queue.js';
import { BullmqWorkSource } from '#shared/queue/bullmq/bullmq-work-source.js';
import { hangUpChannel } from '#shared/queue/bullmq/hang-up-channel.js';
import type { JobVerdict, TakenJob } from '#shared/queue/work-source.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { waitFor } from '../../support/wait-for.js';
import { indexJob } from './work-queue-contract.js';

const TIME = { timeoutMs: 60_000, intervalMs: 5 };
const lane = { pool: 'default', os: 'linux', urgency: 'interactive' } as const;

describe('hang-ups over Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('take a waiting call off the queue, and reach the worker that holds one, and no other', async () => {
    const settings = { redisUrl: redis.url, keyPrefix: `test-${newId()}` };
    const queue = BullmqWorkQueue.open(settings);
    await waitFor(() => queue.check().then(() => true), TIME);
    const held: { taken: TakenJob; settle: (verdict: JobVerdict) => void }[] = [];
    const source = new BullmqWorkSource({ ...settings, machineId: newId() }, { onTrouble: () => undefined });
    const publisher = new Redis(redis.url);
    try {
      const jobs = [indexJob(), indexJob(), indexJob()];
      await queue.enqueue(lane, jobs);
      await source.consume(lane, 2, (taken) => new Promise((settle) => held.push({ taken, settle })));
      await waitFor(() => held.length === 2, TIME);
      const [first, second] = held;
      const waiting = jobs.find(({ id }) => !held.some(({ taken }) => taken.job.id === id));
      expect(await queue.hangUp(lane, waiting?.id ?? '')).toBe('removed');
      const told: string[] = [];
      for (const { taken } of held) taken.hangUp?.whenHappened(() => told.push(taken.job.id));
      // The worker's ear opens in the background.
      await waitFor(async () => {
        expect(await queue.hangUp(lane, first?.taken.job.id ?? '')).toBe('told');
        return told.length > 0;
      }, TIME);
      expect(told).toEqual([first?.taken.job.id]);
      expect([first?.taken.hangUp?.happened, second?.taken.hangUp?.happened]).toEqual([true, false]);
      expect(first?.taken.lost.aborted).toBe(false);
      for (const { settle } of held) settle('done');
      await waitFor(
        async () =>
          (
            await queue.known(
              lane,
              jobs.map(({ id }) => id),
            )
          ).size === 0,
        TIME,
      );

      const late = indexJob();
      // A job that is not there counts as removed, so this is said as for one that a worker is just fetching.
      await publisher.publish(hangUpChannel(settings.keyPrefix, lane), late.id);
      await queue.enqueue(lane, [late]);
      await waitFor(() => held.length === 3, TIME);
      // Heard before the job came, or just after.
      await waitFor(() => held[2]?.taken.hangUp?.happened === true, TIME);
      held[2]?.settle('done');
    } finally {
      publisher.disconnect();
      await source.close(1);
      await queue.close();
    }
  });
});
