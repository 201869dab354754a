import { setTimeout as delay } from 'node:timers/promises';
import { DelayedError, UnrecoverableError, WaitingError, Worker, type Job as BullmqJob } from 'bullmq';
import type { Redis } from 'ioredis';
import { jobSchema, type Job } from '../../contracts/jobs.js';
import { decidePass, isChoosy, passDelayMs, readCourse, readFailedOn, type FailedOn } from '../elsewhere.js';
import { HangUp } from '../hang-up.js';
import { laneName, type Lane } from '../lane.js';
import { WorkSource, type JobVerdict, type TakenJob } from '../work-source.js';
import { HangUpEar } from './hang-up-channel.js';
import { JobNotes } from './job-notes.js';
import { closeConnection, openConsumerConnection, type QueueSettings } from './redis-connection.js';

/** A worker that was killed holds its jobs for this long; BullMQ's 30 s would leave them idle for about a minute. */
const LOCK_DURATION_MS = 10_000;
const STALLED_CHECK_MS = 5_000;
/** How often a job may take its worker down with it before the queue gives it up to the reconciler, which gives up in its turn. */
const STALLED_MAX = 2;
/** Far above what hand-backs and stalls need; ends a job that goes round for a reason nobody thought of. */
const STARTS_MAX = 100;

export interface WorkSourceSettings extends QueueSettings {
  /** Which machine takes the jobs: what the platform fails on it is left to others first. */
  readonly machineId: string;
}

export interface WorkSourceEvents {
  /** Something that heals by itself (a connection lost and found) or that the reconciler will mend. */
  onTrouble(message: string, error: unknown): void;
}

/** Longer than a round trip to Redis takes. */
const LAST_FETCH_MS = 50;

/** A job as BullMQ has handed it to this source. */
interface Handed {
  readonly job: BullmqJob;
  readonly token: string;
  readonly notes: JobNotes;
}

interface TakenHere extends Handed {
  readonly abort: AbortController;
  readonly hangUp: HangUp;
  readonly ended: Promise<void>;
  readonly takenAtMs: number;
  /** Ends the wait for its handler: the job is handed back. */
  readonly giveBack: () => void;
}

/** How long a queue that does not answer is waited for when jobs are given back. */
const GIVE_BACK_MS = 2_000;

/** Thrown into BullMQ so that it puts the job back with a delay; never leaves this file. */
class RetryLater extends Error {
  override readonly name = 'RetryLater';
}

/** `WorkSource` on BullMQ: one BullMQ worker per lane. */
export class BullmqWorkSource extends WorkSource {
  readonly #connections: Redis[] = [];
  readonly #workers: Worker[] = [];
  readonly #taken = new Map<string, TakenHere>();
  readonly #ear: HangUpEar;
  #closing = false;
  #paused = false;

  constructor(
    private readonly settings: WorkSourceSettings,
    private readonly events: WorkSourceEvents,
  ) {
    super();
    this.#ear = new HangUpEar(
      settings,
      (id) => this.#hungUp(id),
      (error) => events.onTrouble('hang-ups of clients are not heard: their calls run to the end', error),
    );
  }

  consume(lane: Lane, concurrency: number, handle: (taken: TakenJob) => Promise<JobVerdict>): Promise<void> {
    const connection = openConsumerConnection(this.settings, () => this.#closing);
    this.#connections.push(connection);
    const notes = new JobNotes(connection, `${this.settings.keyPrefix}:${laneName(lane)}`, (message, error) =>
      this.events.onTrouble(message, error),
    );
    const worker = new Worker(
      laneName(lane),
      (job: BullmqJob, token?: string) => this.#process({ job, token: token ?? '', notes }, handle),
      {
        connection,
        prefix: this.settings.keyPrefix,
        concurrency,
        lockDuration: LOCK_DURATION_MS,
        stalledInterval: STALLED_CHECK_MS,
        maxStalledCount: STALLED_MAX,
        maxStartedAttempts: STARTS_MAX,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      },
    );
    if (lane.urgency === 'interactive') this.#listen(lane);
    worker.on('error', (error) => this.events.onTrouble(`queue ${laneName(lane)}`, error));
    worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) this.#taken.get(id)?.abort.abort();
    });
    worker.on('failed', (job, error) => this.#reportFailure(job, error));
    this.#workers.push(worker);
    return Promise.resolve();
  }

  async pause(): Promise<void> {
    this.#paused = true;
    await Promise.all(this.#workers.map((worker) => worker.pause(true)));
  }

  resume(): void {
    if (this.#closing) return;
    this.#paused = false;
    for (const worker of this.#workers) void worker.resume();
  }

  async giveBack(): Promise<void> {
    const taken = [...this.#taken.values()];
    for (const { abort, giveBack } of taken) {
      abort.abort();
      giveBack();
    }
    await within(GIVE_BACK_MS, Promise.all(taken.map(({ ended }) => ended)));
  }

  get busySeconds(): number {
    const now = performance.now();
    return [...this.#taken.values()].reduce((sum, { takenAtMs }) => sum + (now - takenAtMs) / 1000, 0);
  }

  async close(graceSeconds: number): Promise<void> {
    this.#closing = true;
    await within(2_000, this.pause());
    await within(graceSeconds * 1_000, Promise.all([...this.#taken.values()].map((taken) => taken.ended)));
    await within(2_000, Promise.all(this.#workers.map((worker) => worker.close(true))));
    await within(2_000, this.#handBackTheRest());
    // A fetch that was under way may have taken back what was just handed back.
    await delay(LAST_FETCH_MS);
    await within(2_000, this.#handBackTheRest());
    await Promise.all(this.#connections.map(closeConnection));
  }

  async #process(handed: Handed, handle: (taken: TakenJob) => Promise<JobVerdict>): Promise<void> {
    const { job: bullmqJob } = handed;
    const job = parseJob(bullmqJob);
    await this.#passOver(handed);
    const id = bullmqJob.id ?? job.id;
    const abort = new AbortController();
    const hangUp = new HangUp();
    if (this.#ear.wasHeardOf(id)) hangUp.happen();
    const ended = Promise.withResolvers<void>();
    const givenBack = Promise.withResolvers<JobVerdict>();
    this.#taken.set(id, {
      ...handed,
      abort,
      hangUp,
      ended: ended.promise,
      takenAtMs: performance.now(),
      giveBack: () => givenBack.resolve('evicted'),
    });
    try {
      // A fetch that was under way when the lanes were paused may bring one more.
      const verdict =
        this.#closing || this.#paused
          ? 'handBack'
          : await Promise.race([handle(takenJob(bullmqJob, job, abort.signal, hangUp)), givenBack.promise]);
      if (verdict !== 'done') await this.#putBack(handed, verdict);
    } finally {
      this.#taken.delete(id);
      ended.resolve();
    }
  }

  #listen(lane: Lane): void {
    const connection = openConsumerConnection(this.settings, () => this.#closing);
    this.#connections.push(connection);
    this.#ear.listen(connection, lane);
  }

  #hungUp(id: string): boolean {
    const taken = this.#taken.get(id);
    taken?.hangUp.happen();
    return taken !== undefined;
  }

  /** Always throws what tells BullMQ where the job is now. */
  async #putBack({ job, token, notes }: Handed, verdict: Exclude<JobVerdict, 'done'>): Promise<never> {
    const course = readCourse(job.data);
    if (verdict === 'retryLater') {
      await notes.keep(job, { failedOn: { machineId: this.settings.machineId, passes: 0 } });
      throw new RetryLater('the platform could not run it now');
    }
    if (verdict === 'pass' || verdict === 'passRest') {
      const more = { course: { ...course, passes: course.passes + 1 } };
      await (verdict === 'pass' ? notes.passOver(job, token, more) : notes.keep(job, more));
      return leave(job, token, course.passes);
    }
    if (verdict === 'evicted')
      await notes.keep(job, { course: { evictions: course.evictions + 1, passes: 0 } });
    await job.moveToWait(token);
    throw new WaitingError();
  }

  /** Leaves a job to others for a moment when the platform failed it here. Throws `DelayedError`, which uses no attempt. */
  async #passOver({ job, token, notes }: Handed): Promise<void> {
    const failedOn = readFailedOn(job.data);
    if (failedOn === undefined || decidePass(failedOn, this.settings.machineId) === 'take') return;
    const more: FailedOn = { ...failedOn, passes: failedOn.passes + 1 };
    await notes.passOver(job, token, { failedOn: more });
    await leave(job, token, 0);
  }

  /** What did not end in time: put back at the head, for another worker; what it does from now on is refused by its fence. */
  async #handBackTheRest(): Promise<void> {
    const rest = [...this.#taken.values()];
    this.#taken.clear();
    await Promise.all(
      rest.map(async (taken) => {
        taken.abort.abort();
        await taken.job.moveToWait(taken.token).catch((error: unknown) => {
          this.events.onTrouble(
            `job ${taken.job.id} could not be handed back; its lock runs out by itself`,
            error,
          );
        });
      }),
    );
  }

  #reportFailure(job: BullmqJob | undefined, error: Error): void {
    if (error.name === 'RetryLater' && job && job.attemptsMade < (job.opts.attempts ?? 1)) return;
    this.events.onTrouble(`the queue gave up job ${job?.id}; the reconciler decides`, error);
  }
}

/** Puts a job where nobody takes it for a while. Throws `DelayedError`, which uses no attempt. */
async function leave(job: BullmqJob, token: string, passes: number): Promise<never> {
  await job.moveToDelayed(Date.now() + passDelayMs(passes, isChoosy(job.data as Partial<Job>)), token);
  throw new DelayedError();
}

function takenJob(bullmqJob: BullmqJob, job: Job, lost: AbortSignal, hangUp: HangUp): TakenJob {
  const isLastTry = bullmqJob.attemptsMade + 1 >= (bullmqJob.opts.attempts ?? 1);
  const { attemptsStarted } = bullmqJob;
  return { job, attemptsStarted, course: readCourse(bullmqJob.data), isLastTry, lost, hangUp };
}

function parseJob(bullmqJob: BullmqJob): Job {
  const parsed = jobSchema.safeParse(bullmqJob.data);
  if (parsed.success) return parsed.data;
  throw new UnrecoverableError(
    `job ${bullmqJob.id} is not of a form that this worker knows: ${parsed.error.message}`,
  );
}

/** Waits for `work`, but not longer than this; a failure of it counts as an end. */
async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
  await Promise.race([
    work.then(
      () => undefined,
      () => undefined,
    ),
    limit,
  ]);
  clearTimeout(timer);
}
