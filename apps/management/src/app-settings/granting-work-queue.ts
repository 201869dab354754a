import type { Job } from '#shared/contracts/jobs.js';
import type { Lane } from '#shared/queue/lane.js';
import { WorkQueue } from '#shared/queue/work-queue.js';
import type { SettingsGrants } from './settings-grants.js';

/** A queue whose jobs carry the grant by which their worker reads the settings of their app. */
export class GrantingWorkQueue extends WorkQueue {
  constructor(
    private readonly inner: WorkQueue,
    private readonly grants: Pick<SettingsGrants, 'issue'>,
  ) {
    super();
  }

  enqueue(lane: Lane, jobs: readonly Job[]): Promise<void> {
    const nowMs = Date.now();
    return this.inner.enqueue(
      lane,
      jobs.map((job) => this.granted(job, nowMs)),
    );
  }

  known(lane: Lane, ids: readonly string[]): Promise<ReadonlySet<string>> {
    return this.inner.known(lane, ids);
  }

  remove(lane: Lane, ids: readonly string[]): Promise<void> {
    return this.inner.remove(lane, ids);
  }

  hangUp(lane: Lane, id: string): Promise<'removed' | 'told'> {
    return this.inner.hangUp(lane, id);
  }

  amend(lane: Lane, change: (job: Job) => Job): Promise<number> {
    return this.inner.amend(lane, change);
  }

  depth(lane: Lane): Promise<{ readonly waiting: number; readonly active: number }> {
    return this.inner.depth(lane);
  }

  check(): Promise<void> {
    return this.inner.check();
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private granted(job: Job, nowMs: number): Job {
    return job.appId === undefined ? job : { ...job, settingsGrant: this.grants.issue(job.appId, nowMs) };
  }
}
