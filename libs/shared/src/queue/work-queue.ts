import type { Job } from '../contracts/jobs.js';
import type { Lane } from './lane.js';

/** Where work is put. */
export abstract class WorkQueue {
  /**
   * Puts jobs on a lane. A job's id is its work's id: while it is queued or running, the same id again is no second job.
   * Throws `UnavailableError` at once when Redis can't be reached: producers do not wait.
   */
  abstract enqueue(lane: Lane, jobs: readonly Job[]): Promise<void>;
  /** Which of these ids are queued, delayed or with a worker. */
  abstract known(lane: Lane, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Takes jobs off the queue that no worker has; those that have started are left alone. */
  abstract remove(lane: Lane, ids: readonly string[]): Promise<void>;
  /**
   * The client of a call has gone: takes the call off the queue, or has the worker that holds it told. Best effort, and then the call
   * runs to its end. One that has ended by now counts as removed. Throws `UnavailableError`.
   */
  abstract hangUp(lane: Lane, id: string): Promise<'removed' | 'told'>;
  /**
   * Gives each waiting job what `change` makes of it; one that it gives back as it is stays as it is, and so does what the queue has
   * noted beside a job. Jobs that a worker holds are left alone. Gives how many were changed.
   */
  abstract amend(lane: Lane, change: (job: Job) => Job): Promise<number>;
  abstract depth(lane: Lane): Promise<{ readonly waiting: number; readonly active: number }>;
  /** Throws `UnavailableError` when Redis does not answer. */
  abstract check(): Promise<void>;
  abstract close(): Promise<void>;
}
