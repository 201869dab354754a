import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Queue, QueueEvents } from 'bullmq';

const WORKER = fileURLToPath(new URL('./bullmq-worker.js', import.meta.url));

/** Bare BullMQ over three processes: this one, Redis, and a worker with a no-op processor. Nothing of Nightjar is in it. */
export class BareBullmq {
  private constructor(
    private readonly queue: Queue,
    private readonly events: QueueEvents,
    private readonly worker: ChildProcess,
  ) {}

  static async start(redisUrl: string, concurrency: number): Promise<BareBullmq> {
    const name = `bare-${randomUUID()}`;
    const connection = { url: redisUrl, maxRetriesPerRequest: null };
    const worker = fork(WORKER, [redisUrl, name, String(concurrency)]);
    await once(worker, 'message');
    const queue = new Queue(name, { connection });
    const events = new QueueEvents(name, { connection });
    // Each request that waits adds one to both.
    queue.setMaxListeners(0);
    events.setMaxListeners(0);
    await events.waitUntilReady();
    return new BareBullmq(queue, events, worker);
  }

  /** Request and reply (`add`, `waitUntilFinished`), so many in flight, for this long; each one's latency, milliseconds. */
  async requestReply(inFlight: number, seconds: number): Promise<number[]> {
    const until = performance.now() + seconds * 1000;
    const latenciesMs: number[] = [];
    const client = async (): Promise<void> => {
      while (performance.now() < until) {
        const sentMs = performance.now();
        const job = await this.queue.add('no-op', {}, { removeOnComplete: { count: 10_000 } });
        await job.waitUntilFinished(this.events, 30_000);
        latenciesMs.push(performance.now() - sentMs);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, client));
    return latenciesMs;
  }

  /** Adds so many jobs in bulk while they are being processed; jobs/s until the last has ended. */
  async jobsPerSecond(jobs: number): Promise<number> {
    const bulk = Array.from({ length: 1000 }, () => ({
      name: 'no-op',
      data: {},
      opts: { removeOnComplete: true },
    }));
    const startedMs = performance.now();
    for (let added = 0; added < jobs; added += bulk.length) await this.queue.addBulk(bulk);
    for (;;) {
      const counts = await this.queue.getJobCounts('waiting', 'active');
      if ((counts['waiting'] ?? 0) + (counts['active'] ?? 0) === 0) break;
      await delay(10);
    }
    return jobs / ((performance.now() - startedMs) / 1000);
  }

  async stop(): Promise<void> {
    this.worker.disconnect();
    await once(this.worker, 'exit');
    await this.events.close();
    await this.queue.close();
  }
}
