import type { Job } from '#shared/contracts/jobs.js';
import type { Lane } from '#shared/queue/lane.js';
import type { JobVerdict, TakenJob, WorkSource } from '#shared/queue/work-source.js';
import type { Compartment } from '../containers/pool/app-host-pool.js';
import { EvictedError } from './function-run.js';
import { runChunk, type ChunkTools } from './chunk-run.js';
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

/** Takes work from the machine's two lanes and runs it. It never throws at the queue: every end is a verdict. */
export class Intake {
  readonly #freeChunkSlots: number[];
  #busy = 0;
  #stopping = false;
  #isOpen = false;

  constructor(
    private readonly source: WorkSource,
    private readonly tools: InvocationTools & ChunkToolsPart & IndexTools,
    private readonly settings: IntakeSettings,
    private readonly events: IntakeEvents,
  ) {
    this.#freeChunkSlots = Array.from({ length: settings.chunkConcurrency }, (_, index) => index);
  }

  /** Jobs that are being run. */
  get busy(): number {
    return this.#busy;
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
    this.#busy += 1;
    try {
      return await this.#run(taken);
    } catch (error) {
      if (error instanceof EvictedError) return 'handBack';
      this.events.onAttemptFailed(taken.job, error);
      return this.#stopping ? 'handBack' : 'retryLater';
    } finally {
      this.#busy -= 1;
    }
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
        { ...this.tools, settings: this.tools.chunkSettings },
        { ...taken, job },
        compartment,
      );
    } finally {
      this.#freeChunkSlots.push(slot);
    }
  }
}

/** A chunk's tools, but for its settings: those have a name of their own beside an invocation's. */
export type ChunkToolsPart = Omit<ChunkTools, 'settings'> & {
  readonly chunkSettings: ChunkTools['settings'];
};
