import type { Job } from '../contracts/jobs.js';
import type { Course } from './elsewhere.js';
import type { HangUp } from './hang-up.js';
import type { Lane } from './lane.js';

/** A job as it was handed out. */
export interface TakenJob {
  readonly job: Job;
  /** How often the queue has handed this job out to be run, this time included; what was passed over does not count. */
  readonly attemptsStarted: number;
  /** How often it was evicted and left to others so far. */
  readonly course: Course;
  /** After this try the queue gives the job up when the platform fails it again. */
  readonly isLastTry: boolean;
  /** Aborted when the queue has given the job to somebody else: stop, nothing that is done now will be kept. */
  readonly lost: AbortSignal;
  /** The client of a call has gone: it may be given up, and what was done is kept all the same. Absent: nobody would say. */
  readonly hangUp?: HangUp;
}

/**
 * `done`: the outcome is committed, the job may go.
 * `retryLater`: the platform's fault; the queue hands it out again after a delay, and to another machine if one takes it soon.
 * `handBack`: not tried at all (shutting down, no capacity): at the head of the queue again, no attempt used.
 * `evicted`: taken off this machine in mid-run: as `handBack`, and counted in its course.
 * `pass`: not for this machine now; left to others for a while, longer each time. Neither an attempt nor a start is used, so that
 * work which nothing can take for a whole night is not lost.
 * `passRest`: a part of it was run here, the rest is not for this machine now: as `pass`, but it was started, so a start is used.
 */
export type JobVerdict = 'done' | 'retryLater' | 'handBack' | 'evicted' | 'pass' | 'passRest';

/** Where a worker takes its work from. */
export abstract class WorkSource {
  /** Starts to take jobs of a lane, at most `concurrency` at a time. May be called once per lane. */
  abstract consume(
    lane: Lane,
    concurrency: number,
    handle: (taken: TakenJob) => Promise<JobVerdict>,
  ): Promise<void>;
  /** Takes nothing new; what is under way goes on. Idempotent. */
  abstract pause(): Promise<void>;
  abstract resume(): void;
  /**
   * Hands back all that is under way, at once and without using an attempt: at the head of the queue again, for whoever takes it,
   * and counted as evicted.
   * `lost` is aborted for each; what its handler says from now on is not heard. Resolves when the queue has been told, or does not
   * answer: then it gives the jobs to others by itself.
   */
  abstract giveBack(): Promise<void>;
  /** What the jobs under way have taken so far, all together. */
  abstract get busySeconds(): number;
  /** Waits for what is under way, for `graceSeconds` at most, then hands the rest back. Returns even when Redis is down. */
  abstract close(graceSeconds: number): Promise<void>;
}
