import type { IndexJob, InvocationJob, Job } from '#shared/contracts/jobs.js';
import type { IndexReply, InvocationReply } from '#shared/contracts/replies.js';
import type { Lane } from '#shared/queue/lane.js';
import type { InvocationStore } from '#shared/store/invocation-store.js';
import type { InMemoryReplyInbox } from './in-memory-reply-inbox.js';
import { InMemoryWorkQueue } from './in-memory-work-queue.js';

/** What the worker behind the queue does; null: it does not answer at all. */
export interface WorkerScript {
  index(job: IndexJob): Omit<IndexReply, 'kind' | 'id'> | null;
  run(job: InvocationJob): Omit<InvocationReply, 'kind' | 'id'> | null;
}

/**
 * A work queue in memory with a worker right behind it, which does what a test's script says: it answers, and records the
 * outcome of what was promised.
 */
export class AnsweringWorkQueue extends InMemoryWorkQueue {
  /** All that was ever taken. */
  readonly taken: Job[] = [];

  constructor(
    readonly script: WorkerScript,
    private readonly inbox: InMemoryReplyInbox,
    private readonly invocations: () => InvocationStore,
  ) {
    super();
  }

  override async enqueue(lane: Lane, jobs: readonly Job[]): Promise<void> {
    await super.enqueue(lane, jobs);
    setImmediate(() => void this.work(lane));
  }

  private async work(lane: Lane): Promise<void> {
    for (let job = this.take(lane); job; job = this.take(lane)) {
      this.taken.push(job);
      if (job.kind === 'index') this.index(job);
      if (job.kind === 'invocation') await this.run(job);
      this.finish(lane, job.id);
    }
  }

  private index(job: IndexJob): void {
    const answer = this.script.index(job);
    if (answer) this.inbox.deliver({ kind: 'index', id: job.id, ...answer });
  }

  private async run(job: InvocationJob): Promise<void> {
    const answer = this.script.run(job);
    if (!answer) return;
    if (job.dispatchCount > 0) await this.record(job, answer);
    this.inbox.deliver({ kind: 'invocation', id: job.id, ...answer });
  }

  private async record(job: InvocationJob, answer: Omit<InvocationReply, 'kind' | 'id'>): Promise<void> {
    const now = new Date();
    await this.invocations().recordOutcomes([
      {
        ...job,
        ...answer,
        input: job.input,
        fence: job.dispatchCount * 1000 + 1,
        attempts: [],
        logs: [],
        logsTruncated: false,
        machineId: 'machine-of-the-test',
        coldStart: false,
        acceptedAt: new Date(job.acceptedAt),
        startedAt: now,
        endedAt: now,
      },
    ]);
  }
}
