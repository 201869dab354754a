import { Queue, type Job as BullmqJob } from 'bullmq';
import type { Redis } from 'ioredis';
import { jobSchema, type Job } from '../../contracts/jobs.js';
import { UnavailableError } from '../../domain/errors.js';
import { laneName, type Lane } from '../lane.js';
import { WorkQueue } from '../work-queue.js';
import { hangUpChannel } from './hang-up-channel.js';
import { closeConnection, openProducerConnection, type QueueSettings } from './redis-connection.js';

/** The platform's faults are worth some tries on other machines; a function's own retries are not counted here. */
const PLATFORM_ATTEMPTS = 5;

/** The queue keeps nothing of what is over: SQL does. A kept job would also hold its id, and the reconciler could not put it back. */
const JOB_OPTIONS = {
  attempts: PLATFORM_ATTEMPTS,
  backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
  removeOnComplete: true,
  removeOnFail: true,
} as const;

const PENDING_STATES: ReadonlySet<string> = new Set(['waiting', 'active', 'delayed', 'prioritized']);

/** States of jobs that no worker holds. */
const AMENDED_STATES = ['waiting', 'delayed', 'prioritized'] as const;
const AMENDED_PAGE = 500;

/** `WorkQueue` on BullMQ: one BullMQ queue per lane. */
export class BullmqWorkQueue extends WorkQueue {
  readonly #connection: Redis;
  readonly #queues = new Map<string, Queue>();

  private constructor(private readonly settings: QueueSettings) {
    super();
    this.#connection = openProducerConnection(settings);
    // Every command reports its own failure; without a listener the connection's would end the process.
    this.#connection.on('error', () => undefined);
  }

  /** Connects in the background: a Redis that is down now is `UnavailableError` to the calls, not to the start. */
  static open(settings: QueueSettings): BullmqWorkQueue {
    return new BullmqWorkQueue(settings);
  }

  async enqueue(lane: Lane, jobs: readonly Job[]): Promise<void> {
    const [first, ...more] = jobs;
    if (!first) return;
    await this.#reach(async () => {
      const queue = this.#queue(lane);
      if (more.length === 0) await queue.add(first.kind, first, { ...JOB_OPTIONS, jobId: first.id });
      else
        await queue.addBulk(
          jobs.map((job) => ({ name: job.kind, data: job, opts: { ...JOB_OPTIONS, jobId: job.id } })),
        );
    });
  }

  async known(lane: Lane, ids: readonly string[]): Promise<ReadonlySet<string>> {
    return this.#reach(async () => {
      const queue = this.#queue(lane);
      const states = await Promise.all(ids.map((id) => queue.getJobState(id)));
      return new Set(ids.filter((_, index) => PENDING_STATES.has(states[index] ?? 'unknown')));
    });
  }

  async remove(lane: Lane, ids: readonly string[]): Promise<void> {
    await this.#reach(async () => {
      const queue = this.#queue(lane);
      // A job that a worker holds is locked and refuses to go: that is what is wanted.
      await Promise.all(ids.map((id) => queue.remove(id).catch(() => 0)));
    });
  }

  async hangUp(lane: Lane, id: string): Promise<'removed' | 'told'> {
    return this.#reach(async () => {
      // First: what a worker takes in between hears of it.
      if (
        (await this.#queue(lane)
          .remove(id)
          .catch(() => 0)) === 1
      )
        return 'removed';
      await this.#connection.publish(hangUpChannel(this.settings.keyPrefix, lane), id);
      return 'told';
    });
  }

  async amend(lane: Lane, change: (job: Job) => Job): Promise<number> {
    return this.#reach(async () => {
      const queue = this.#queue(lane);
      let changed = 0;
      // The newest first: while workers take from the other end, none is missed.
      for (let start = 0; ; start += AMENDED_PAGE) {
        const page = await queue.getJobs([...AMENDED_STATES], start, start + AMENDED_PAGE - 1);
        const found = page.filter(isThere);
        const changes = await Promise.all(found.map((job) => amendJob(job, change)));
        changed += changes.filter(Boolean).length;
        // A page of each state: only when all are short there is no more.
        if (page.length < AMENDED_PAGE) return changed;
      }
    });
  }

  async depth(lane: Lane): Promise<{ waiting: number; active: number }> {
    return this.#reach(async () => {
      const counts = await this.#queue(lane).getJobCounts('waiting', 'delayed', 'prioritized', 'active');
      return {
        waiting: (counts['waiting'] ?? 0) + (counts['delayed'] ?? 0) + (counts['prioritized'] ?? 0),
        active: counts['active'] ?? 0,
      };
    });
  }

  async check(): Promise<void> {
    await this.#reach(() => this.#connection.ping());
  }

  async close(): Promise<void> {
    await closeConnection(this.#connection);
    await Promise.all([...this.#queues.values()].map((queue) => queue.close().catch(() => undefined)));
  }

  #queue(lane: Lane): Queue {
    const name = laneName(lane);
    let queue = this.#queues.get(name);
    if (!queue) {
      queue = new Queue(name, { connection: this.#connection, prefix: this.settings.keyPrefix });
      queue.on('error', () => undefined);
      this.#queues.set(name, queue);
    }
    return queue;
  }

  async #reach<Result>(call: () => Promise<Result>): Promise<Result> {
    // BullMQ would wait for a connection that was never there: producers must not.
    if (this.#connection.status !== 'ready')
      throw new UnavailableError('Redis can not be reached (setting REDIS_URL).');
    try {
      return await call();
    } catch (error) {
      throw new UnavailableError('Redis did not take the command; it may be down, hung or full.', [], {
        cause: error,
      });
    }
  }
}

/** A job that ended while its page was read is missing there, whatever BullMQ's types say. */
function isThere(job: BullmqJob | null | undefined): job is BullmqJob {
  return job !== null && job !== undefined;
}

/** True when it was changed. One that has ended meanwhile can't be, and need not. */
async function amendJob(bullmqJob: BullmqJob, change: (job: Job) => Job): Promise<boolean> {
  const parsed = jobSchema.safeParse(bullmqJob.data);
  if (!parsed.success) return false;
  const made = change(parsed.data);
  if (made === parsed.data) return false;
  const notes = Object.entries(bullmqJob.data as object).filter(
    ([name]) => !Object.hasOwn(parsed.data, name),
  );
  return bullmqJob.updateData({ ...Object.fromEntries(notes), ...made }).then(
    () => true,
    () => false,
  );
}
