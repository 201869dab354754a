import type { Job } from '#shared/contracts/jobs.js';
import type { Lane } from '#shared/queue/lane.js';
import type { JobVerdict, TakenJob, WorkSource } from '#shared/queue/work-source.js';
import { EvictedError } from '../containers/evicted-error.js';
import type { Compartment } from '../containers/pool/app-host-pool.js';
import { runChunk } from './chunk-run.js';
import type { ChunkTools } from './chunk-work.js';
import { Refusals } from './gate/refusals.js';
import type { Gate } from './gate/gate.js';
import { runIndex, type IndexTools } from './index-run.js';
import { runWarm } from './warm-run.js';
import { runInvocation, type InvocationTools } from './invocation-run.js';

export interface IntakeSettings {
  readonly pool: string;
  readonly os: Lane['os'];
  readonly interactiveConcurrency: number;
  readonly chunkConcurrency: number;
}

export interface IntakeEvents {
  /** An attempt ended through the platform's fault; the queue tries it again. */
  onAttemptFailed(job: Job, error: unknown): void;
}

/** A job that is being run. */
interface JobUnderWay {
  readonly kind: Job['kind'];
  /** Null: it runs no function of an app. */
  readonly functionName: string | null;
  /** Monotonic, milliseconds. */
  readonly sinceMs: number;
}

/** Takes work from the machine's two lanes and runs it. It never throws at the queue: every end is a verdict. */
export class Intake {
  readonly #freeChunkSlots: number[];
  readonly #underWay = new Set<JobUnderWay>();
  readonly #refusals = new Refusals();
  #stopping = false;
  #isOpen = false;

  constructor(
    private readonly source: WorkSource,
    private readonly gate: Gate,
    private readonly tools: InvocationTools & ChunkToolsPart & IndexTools,
    private readonly settings: IntakeSettings,
    private readonly events: IntakeEvents,
  ) {
    this.#freeChunkSlots = Array.from({ length: settings.chunkConcurrency }, (_, index) => index);
  }

  /** Jobs that are being run. */
  get busy(): number {
    return this.#underWay.size;
  }

  /** What is being run, the oldest first. */
  get underWay(): readonly JobUnderWay[] {
    return [...this.#underWay];
  }

  /** Why all work that was offered of late was refused here; null: it was not, or none was offered. */
  get refused(): Refusals['reason'] {
    return this.#refusals.reason;
  }

  /** Takes work from now on: for the first time, or again after a pause. Idempotent. */
  async resume(): Promise<void> {
    this.source.resume();
    if (this.#isOpen) return;
    this.#isOpen = true;
    const { pool, os, interactiveConcurrency, chunkConcurrency } = this.settings;
    await this.source.consume({ pool, os, urgency: 'interactive' }, interactiveConcurrency, (taken) =>
      this.#handle(taken),
    );
    await this.source.consume({ pool, os, urgency: 'overnight' }, chunkConcurrency, (taken) =>
      this.#handle(taken),
    );
  }

  async close(graceSeconds: number): Promise<void> {
    this.#stopping = true;
    await this.source.close(graceSeconds);
  }

  async #handle(taken: TakenJob): Promise<JobVerdict> {
    if (this.#stopping) return 'handBack';
    if (!this.tools.lease.isHeld) {
      // Paused at once, or it would be taken again and again until somebody else pauses.
      await this.source.pause();
      return 'handBack';
    }
    try {
      const judged = this.gate.judge(taken);
      // Where there is nothing to ask for, nothing is waited for.
      const taking = judged instanceof Promise ? await judged : judged;
      this.#refusals.note(taking);
      return taking.verdict === 'take' ? await this.#take(taken) : 'pass';
    } catch (error) {
      return this.#failed(taken.job, error);
    }
  }

  async #take(taken: TakenJob): Promise<JobVerdict> {
    const { job } = taken;
    const functionName = 'functionName' in job ? job.functionName : null;
    const underWay = { kind: job.kind, functionName, sinceMs: performance.now() };
    this.#underWay.add(underWay);
    try {
      return await this.#run(taken);
    } finally {
      this.#underWay.delete(underWay);
    }
  }

  #failed(job: Job, error: unknown): JobVerdict {
    if (error instanceof EvictedError) return this.#stopping ? 'handBack' : 'evicted';
    this.events.onAttemptFailed(job, error);
    return this.#stopping ? 'handBack' : 'retryLater';
  }

  async #run(taken: TakenJob): Promise<JobVerdict> {
    const { job } = taken;
    if (job.kind === 'invocation') return runInvocation(this.tools, { ...taken, job });
    if (job.kind === 'index') return runIndex(this.tools, job);
    if (job.kind === 'warm') return runWarm(this.tools, job);
    const slot = this.#freeChunkSlots.pop();
    if (slot === undefined) return 'handBack';
    const compartment: Compartment = `chunk-${slot}`;
    try {
      return await runChunk(
        { ...this.tools, gate: this.gate, settings: this.tools.chunkSettings },
        { ...taken, job },
        compartment,
      );
    } finally {
      this.#freeChunkSlots.push(slot);
    }
  }
}

/** A chunk's tools, but for its settings: those have a name of their own beside an invocation's. */
export type ChunkToolsPart = Omit<ChunkTools, 'settings' | 'gate'> & {
  readonly chunkSettings: ChunkTools['settings'];
};
