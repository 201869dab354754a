import type { Job } from '#shared/contracts/jobs.js';
import type { Lane } from '#shared/queue/lane.js';

/** A promise that has been silent for a while. */
export interface StaleWork {
  readonly id: string;
  /** How often SQL has put it on a queue. */
  readonly dispatchCount: number;
  /** True when nobody wants it to run any more. */
  readonly unwanted: boolean;
}

/** A kind of promised work that the reconciler looks after: reads and compare-and-set writes, no decisions. */
export abstract class ReconciledWork<Work extends StaleWork = StaleWork> {
  /** What it is, for the log: a plural noun. */
  abstract readonly noun: string;
  /** Where it waits for a worker. */
  abstract laneOf(work: Work): Lane;
  /** Promises without an end whose last dispatch (or sign of life) is older than this, the oldest first. */
  abstract listStale(silentForSeconds: number, limit: number): Promise<readonly Work[]>;
  /** Counts one more dispatch; false when another instance did it first or the work has ended. */
  abstract redispatch(work: Work): Promise<boolean>;
  /** The job of the dispatch that `redispatch` has just counted. */
  abstract nextJob(work: Work): Job;
  /** Ends it: it was lost too often. False when it has ended otherwise. */
  abstract abandon(work: Work): Promise<boolean>;
  /** Ends it: it was lost and nobody wants it. False when it has ended otherwise. */
  abstract cancel(work: Work): Promise<boolean>;
}
