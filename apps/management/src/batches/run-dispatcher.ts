import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { BatchRun } from '#shared/domain/batch.js';
import { UnavailableError } from '#shared/domain/errors.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { WakeableLoop } from '../dispatch/wakeable-loop.js';
import { BatchSettings } from './batch-settings.js';
import { ChunkOpener } from './chunk-opener.js';
import { chunkItems } from './chunk-size.js';
import { FailureLimits } from './failure-limits.js';
import { ReadyMachines } from './ready-machines.js';
import { decideNext, restMs } from './run-decision.js';
import type { DispatchLimits, OpenRun, RunAction } from './run-decision.js';

const ACTIONS_PER_ROUND = 64;
const CHUNKS_IN_FLIGHT_PER_MACHINE = 2;
const REST_AFTER_ERROR_MS = 1000;

/**
 * Carries the open runs on: keeps a bounded number of chunks of each in flight, and ends those that are done. All that it knows
 * stands in SQL, so it goes on after a restart, and several instances may do the same at once: a chunk is opened by a
 * compare-and-set on the run's cursor, an end is due or not.
 *
 * What to do is decided by `decideNext`; how large a chunk is by `chunkItems`. Memory holds one page of open runs and one
 * piece of one input at a time.
 */
@Injectable()
export class RunDispatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(RunDispatcher.name);
  private readonly loop = new WakeableLoop(
    () => this.round(),
    (error) => this.failed(error),
  );
  private turn = 0;
  private lastRestMs = 0;
  private inOutage = false;

  constructor(
    private readonly settings: BatchSettings,
    private readonly batches: BatchStore,
    private readonly machines: ReadyMachines,
    private readonly opener: ChunkOpener,
    private readonly failures: FailureLimits,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** There is a new run, or one was cancelled: look at once. */
  wake(): void {
    this.loop.wake();
  }

  /** One look at the open runs; says whether anything was done, and how many runs are open. */
  async carryOn(): Promise<{ readonly acted: boolean; readonly openRuns: number }> {
    const runs = new Map((await this.batches.listOpenRuns()).map((run) => [run.id, run]));
    if (runs.size === 0) return { acted: false, openRuns: 0 };
    this.failures.keepOnly(new Set(runs.keys()));
    const machinesReady = await this.machines.count();
    const facts = await Promise.all([...runs.values()].map((run) => this.factsOf(run)));
    const actions = decideNext(facts, this.limits(machinesReady), this.turn);
    this.turn += 1;
    let acted = false;
    for (const action of actions) {
      if (this.loop.isStopping) break;
      acted = (await this.act(action, runs, machinesReady)) || acted;
    }
    return { acted, openRuns: facts.length };
  }

  private async factsOf(run: BatchRun): Promise<OpenRun> {
    const openChunks = await this.batches.countOpenChunks(run.id);
    const allChunksMade = run.cursor.byteOffset >= run.inputSizeBytes;
    const inputReady = run.inputState === 'ready';
    // After the chunks: where none is open any more, all their failures are counted.
    const tooManyFailures = await this.failures.reached(run, openChunks);
    return { id: run.id, state: run.state, inputReady, allChunksMade, openChunks, tooManyFailures };
  }

  private limits(machinesReady: number): DispatchLimits {
    const forMachines = CHUNKS_IN_FLIGHT_PER_MACHINE * machinesReady;
    return {
      chunksInFlight: Math.max(this.settings.chunksInFlight, forMachines),
      actionsPerRound: ACTIONS_PER_ROUND,
    };
  }

  /** What goes wrong with one run must not keep the others; an outage concerns all. True when something was done. */
  private async act(action: RunAction, runs: Map<string, BatchRun>, machinesReady: number): Promise<boolean> {
    const run = runs.get(action.runId);
    if (!run) return false;
    try {
      if (action.kind === 'endRun') return await this.endRun(run);
      if (action.kind === 'stopRun') return await this.failures.stop(run, action.reached);
      const moved = await this.openChunk(run, machinesReady);
      // Where another instance was first, this round's view of the run is old: leave it for the next round.
      if (moved) runs.set(run.id, moved);
      else runs.delete(run.id);
      return moved !== null && moved !== run;
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      runs.delete(run.id);
      this.logger.error(
        { err: error, runId: run.id },
        'A batch run could not be carried on; it is tried again.',
      );
      return false;
    }
  }

  /** The run as it then is; the same one when all its chunks are made. Null: see `ChunkOpener.openNext`. */
  private async openChunk(run: BatchRun, machinesReady: number): Promise<BatchRun | null> {
    if (run.cursor.byteOffset >= run.inputSizeBytes) return run;
    const meanItemMs = await this.batches.meanItemDurationMs(run.appId, run.functionName);
    const itemsLeft = itemsLeftOf(run);
    return this.opener.openNext(run, chunkItems({ meanItemMs, itemsLeft, machinesReady }, this.settings));
  }

  private async endRun(run: BatchRun): Promise<boolean> {
    const { state, endedAt } = await this.batches.endRunIfDue(run.id);
    if (endedAt) this.logger.log({ runId: run.id, state }, 'A batch run has ended.');
    return endedAt !== null;
  }

  private async round(): Promise<number> {
    const { acted, openRuns } = await this.carryOn();
    this.inOutage = false;
    this.lastRestMs = restMs(this.lastRestMs, acted, openRuns);
    return this.lastRestMs;
  }

  private failed(error: unknown): number {
    if (!(error instanceof UnavailableError)) {
      this.logger.error({ err: error }, 'Batch runs could not be carried on; it is tried again.');
    } else if (!this.inOutage) {
      // Said once an outage.
      this.inOutage = true;
      this.logger.warn({ err: error }, 'Batch runs wait for SQL.');
    }
    return REST_AFTER_ERROR_MS;
  }
}

/**
 * About how many items no chunk covers yet, by the bytes that are left: line numbers would say too little where lines are blank, and
 * in the input of a replay nearly all are.
 */
function itemsLeftOf({ itemsTotal, inputSizeBytes, cursor }: BatchRun): number {
  return Math.max(1, Math.ceil((itemsTotal * (inputSizeBytes - cursor.byteOffset)) / inputSizeBytes));
}
