import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Job } from '#shared/contracts/jobs.js';
import { newId } from '#shared/domain/ids.js';
import type { Lane } from '#shared/queue/lane.js';
import type { WorkQueue } from '#shared/queue/work-queue.js';

/** A queue under test, with a hand on its other end. */
export interface QueueUnderTest {
  readonly queue: WorkQueue;
  /** Takes the oldest waiting job, as a worker does; it stays known until `finish`. */
  take(): Promise<{ readonly id: string; finish(): Promise<void> } | null>;
  close(): Promise<void>;
}

export const lane: Lane = { pool: 'test', os: 'linux', urgency: 'interactive' };

export function indexJob(): Job {
  return {
    version: 1,
    kind: 'index',
    id: newId(),
    packageDigest: 'a'.repeat(64),
    packageSizeBytes: 1,
    replyTo: 'nobody',
    deadlineAt: Date.now() + 60_000,
  };
}

/** What every `WorkQueue` must do, the real one and the double alike. */
export function describeWorkQueue(name: string, open: () => Promise<QueueUnderTest>): void {
  describe(`WorkQueue: ${name}`, () => {
    let under: QueueUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    it('knows what waits and what a worker holds, and nothing else', async () => {
      const jobs = [indexJob(), indexJob()];
      await under.queue.enqueue(lane, jobs);
      const taken = await under.take();
      const ids = [...jobs.map(({ id }) => id), newId()];
      expect([...(await under.queue.known(lane, ids))].sort()).toEqual(jobs.map(({ id }) => id).sort());
      expect(await under.queue.depth(lane)).toEqual({ waiting: 1, active: 1 });
      await taken?.finish();
      expect([...(await under.queue.known(lane, ids))]).toEqual([jobs[1]?.id]);
    });

    it('hands out the oldest first', async () => {
      const jobs = [indexJob(), indexJob(), indexJob()];
      for (const job of jobs) await under.queue.enqueue(lane, [job]);
      const taken: (string | undefined)[] = [];
      for (let count = 0; count < jobs.length; count += 1) {
        const one = await under.take();
        taken.push(one?.id);
        await one?.finish();
      }
      expect(taken).toEqual(jobs.map(({ id }) => id));
    });

    it('takes the same id twice as one job, also while a worker holds it', async () => {
      const job = indexJob();
      await under.queue.enqueue(lane, [job]);
      await under.queue.enqueue(lane, [job, job]);
      const taken = await under.take();
      await under.queue.enqueue(lane, [job]);
      expect(await under.queue.depth(lane)).toEqual({ waiting: 0, active: 1 });
      await taken?.finish();
    });

    it('takes an id again once it is finished', async () => {
      const job = indexJob();
      await under.queue.enqueue(lane, [job]);
      await (await under.take())?.finish();
      await under.queue.enqueue(lane, [job]);
      expect([...(await under.queue.known(lane, [job.id]))]).toEqual([job.id]);
    });

    it('changes jobs that wait, and leaves what a worker holds and what stays as it is', async () => {
      const jobs = [indexJob(), indexJob(), indexJob()];
      for (const job of jobs) await under.queue.enqueue(lane, [job]);
      const taken = await under.take();
      const change = (job: Job): Job => (job.id === jobs[1]?.id ? { ...job, rank: 'cores' } : job);
      expect(await under.queue.amend(lane, change)).toBe(1);
      const seen: (string | undefined)[] = [];
      const look = (job: Job): Job => {
        seen.push(`${job.id} ${job.rank}`);
        return job;
      };
      expect(await under.queue.amend(lane, look)).toBe(0);
      expect(seen.sort()).toEqual([`${jobs[1]?.id} cores`, `${jobs[2]?.id} undefined`].sort());
      await taken?.finish();
    });

    it('changes every one of many', async () => {
      const jobs = Array.from({ length: 1201 }, indexJob);
      await under.queue.enqueue(lane, jobs);
      expect(await under.queue.amend(lane, (job) => ({ ...job, rank: '1' }))).toBe(jobs.length);
    });

    it('removes what waits and leaves what a worker holds', async () => {
      const jobs = [indexJob(), indexJob()];
      await under.queue.enqueue(lane, jobs);
      const taken = await under.take();
      const ids = jobs.map(({ id }) => id);
      await under.queue.remove(lane, ids);
      expect([...(await under.queue.known(lane, ids))]).toEqual([taken?.id]);
      await taken?.finish();
    });
  });
}
