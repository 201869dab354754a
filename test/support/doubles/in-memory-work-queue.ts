import type { Job } from '#shared/contracts/jobs.js';
import { UnavailableError } from '#shared/domain/errors.js';
import { laneName } from '#shared/queue/lane.js';
import type { Lane } from '#shared/queue/lane.js';
import { WorkQueue } from '#shared/queue/work-queue.js';

interface Entry {
  job: Job;
  active: boolean;
}

/** A work queue in memory, with a worker's end that tests drive by hand, and the faults that Redis has. */
export class InMemoryWorkQueue extends WorkQueue {
  /** While true, everything throws `UnavailableError`. */
  unreachable = false;
  /** While true, `enqueue` works and then throws all the same: an answer that got lost. */
  answersGetLost = false;
  /** Calls that a worker held when their clients went. */
  readonly hungUp: string[] = [];
  private readonly lanes = new Map<string, Map<string, Entry>>();

  async enqueue(lane: Lane, jobs: readonly Job[]): Promise<void> {
    this.assertReachable();
    const entries = this.entries(lane);
    for (const job of jobs) if (!entries.has(job.id)) entries.set(job.id, { job, active: false });
    if (this.answersGetLost) throw new UnavailableError('The answer of the queue got lost.');
  }

  async known(lane: Lane, ids: readonly string[]): Promise<ReadonlySet<string>> {
    this.assertReachable();
    return new Set(ids.filter((id) => this.entries(lane).has(id)));
  }

  async remove(lane: Lane, ids: readonly string[]): Promise<void> {
    this.assertReachable();
    const entries = this.entries(lane);
    for (const id of ids) if (entries.get(id)?.active === false) entries.delete(id);
  }

  async hangUp(lane: Lane, id: string): Promise<'removed' | 'told'> {
    this.assertReachable();
    if (this.entries(lane).get(id)?.active === false) {
      this.entries(lane).delete(id);
      return 'removed';
    }
    this.hungUp.push(id);
    return 'told';
  }

  async amend(lane: Lane, change: (job: Job) => Job): Promise<number> {
    this.assertReachable();
    let changed = 0;
    for (const entry of this.entries(lane).values()) {
      const made = entry.active ? entry.job : change(entry.job);
      if (made !== entry.job) changed += 1;
      entry.job = made;
    }
    return changed;
  }

  async depth(lane: Lane): Promise<{ waiting: number; active: number }> {
    this.assertReachable();
    const all = [...this.entries(lane).values()];
    const active = all.filter((entry) => entry.active).length;
    return { waiting: all.length - active, active };
  }

  async check(): Promise<void> {
    this.assertReachable();
  }

  async close(): Promise<void> {}

  /** What waits on a lane, the oldest first. */
  waiting(lane: Lane): Job[] {
    return [...this.entries(lane).values()].filter((entry) => !entry.active).map((entry) => entry.job);
  }

  /** As a worker does: hands out the oldest waiting job, which stays known until `finish`. */
  take(lane: Lane): Job | undefined {
    const entry = [...this.entries(lane).values()].find((candidate) => !candidate.active);
    if (entry) entry.active = true;
    return entry?.job;
  }

  /** The worker acknowledged it. */
  finish(lane: Lane, id: string): void {
    this.entries(lane).delete(id);
  }

  /** Redis lost its memory. */
  flush(): void {
    this.lanes.clear();
  }

  private entries(lane: Lane): Map<string, Entry> {
    const name = laneName(lane);
    const entries = this.lanes.get(name) ?? new Map<string, Entry>();
    this.lanes.set(name, entries);
    return entries;
  }

  private assertReachable(): void {
    if (this.unreachable) throw new UnavailableError('The queue is switched off by the test.');
  }
}
