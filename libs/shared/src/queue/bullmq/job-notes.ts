import type { Job as BullmqJob } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Course, FailedOn } from '../elsewhere.js';

/** What stands beside a job in its data. Who reads the job does not see it. */
interface Notes {
  readonly failedOn?: FailedOn;
  readonly course?: Course;
}

/**
 * Takes back the start that BullMQ has counted, and keeps the notes: only while the caller still holds the job, or a start of
 * whoever has it now would be taken back, and two starts have one fence.
 */
const PASS_OVER = `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('HINCRBY', KEYS[1], 'ats', -1)
redis.call('HSET', KEYS[1], 'data', ARGV[2])
return 1`;

/** Writes notes beside the jobs of a lane. A queue that does not take one now only loses a preference: nothing of it throws. */
export class JobNotes {
  /** @param keyBase of the lane's keys in Redis */
  constructor(
    private readonly connection: Redis,
    private readonly keyBase: string,
    private readonly onTrouble: (message: string, error: unknown) => void,
  ) {}

  async keep(job: BullmqJob, notes: Notes): Promise<void> {
    await this.#try(job, () => job.updateData({ ...(job.data as object), ...notes }));
  }

  /** The same for a job that is not run but left to others: that it was handed out is no start. */
  async passOver(job: BullmqJob, token: string, notes: Notes): Promise<void> {
    const key = `${this.keyBase}:${job.id}`;
    const data = JSON.stringify({ ...(job.data as object), ...notes });
    await this.#try(job, () => this.connection.eval(PASS_OVER, 2, key, `${key}:lock`, token, data));
  }

  async #try(job: BullmqJob, write: () => Promise<unknown>): Promise<void> {
    await write().catch((error: unknown) => this.onTrouble(`the note of job ${job.id}`, error));
  }
}
