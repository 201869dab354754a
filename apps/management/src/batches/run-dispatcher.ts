import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { BatchRun } from '#shared/domain/batch.js';
import { UnavailableError } from '#shared/domain/errors.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { WakeableLoop } from '../dispatch/wakeable-loop.js';
import { BatchSettings } from './batch-settings.js';
import { ChunkOpener } from './chunk-opener.js';
import { FailureLimits } from './failure-limits.js';
import { ReadyMachines, type ReadyPool } from './ready-machines.js';
import { decideNext, restMs } from './run-decision.js';
import type { DispatchLimits, RunAction } from './run-decision.js';
import type { Allowance } from './turns/allowance.js';
import { NO_TURNS, type Turns } from './turns/fair-turns.js';
import { ItemTimes } from './turns/item-times.js';
import { type KnownRun, RunFacts } from './turns/run-facts.js';
import { WaitNotes } from './turns/wait-notes.js';
import { chunkItems } from './chunk-size.js';

const ACTIONS_PER_ROUND = 64;
/** A worker takes a chunk for each of its cores; one more lies ready, so that it has not to wait for us. */
const CHUNKS_IN_FLIGHT_BESIDES_CORES = 1;
const REST_AFTER_ERROR_MS = 1000;

/**
 * Carries the open runs on: keeps a bounded number of chunks in flight in each pool, and ends the runs that are done. All that it must
 * not forget stands in SQL, so it goes on after a restart, and several instances may do the same at once: a chunk is opened by a
 * compare-and-set on the run's cursor, an end is due or not.
 *
 * What to do is decided by `decideNext`; how large a chunk is by `chunkItems`. Memory holds the open runs and one piece of one input
 * at a time.
 */
@Injectable()
export class RunDispatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(RunDispatcher.name);
  private readonly loop = new WakeableLoop(
    () => this.round(),
    (error) => this.failed(error),
  );
  private turns: Turns = NO_TURNS;
  private lastRestMs = 0;
  private inOutage = false;

  constructor(
    private readonly settings: BatchSettings,
    private readonly batches: BatchStore,
    private readonly machines: ReadyMachines,
    private readonly facts: RunFacts,
    private readonly times: ItemTimes,
    private readonly opener: ChunkOpener,
    private readonly failures: FailureLimits,
    private readonly waitNotes: WaitNotes,
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
    const gathered = await this.facts.gather();
    if (gathered.length === 0) return { acted: false, openRuns: 0 };
    const ready = await this.machines.pools();
    const decision = decideNext(
      gathered.map(({ facts }) => facts),
      this.limits(ready),
      this.turns,
    );
    this.turns = decision.turns;
    const runs = new Map(gathered.map((known) => [known.run.id, known]));
    let acted = false;
    for (const action of decision.actions) {
      if (this.loop.isStopping) break;
      acted = (await this.act(action, runs, ready)) || acted;
    }
    await this.waitNotes.note(
      gathered.map(({ run }) => run),
      decision,
    );
    return { acted, openRuns: gathered.length };
  }

  private limits(ready: (pool: string) => ReadyPool): DispatchLimits {
    return {
      chunksInFlight: (pool) => {
        const { machines, cores } = ready(pool);
        const forMachines = cores + CHUNKS_IN_FLIGHT_BESIDES_CORES * machines;
        return Math.max(this.settings.chunksInFlight, forMachines);
      },
      itemConcurrency: this.settings.itemConcurrency,
      actionsPerRound: ACTIONS_PER_ROUND,
    };
  }

  /** What goes wrong with one run must not keep the others; an outage concerns all. True when something was done. */
  private async act(
    action: RunAction,
    runs: Map<string, KnownRun>,
    ready: (pool: string) => ReadyPool,
  ): Promise<boolean> {
    const known = runs.get(action.runId);
    if (!known) return false;
    const { run } = known;
    try {
      if (action.kind === 'endRun') return await this.endRun(run);
      if (action.kind === 'stopRun') return await this.failures.stop(run, action.reached);
      const moved = await this.openChunk(known, action.allowance, ready(known.facts.pool).machines);
      // Where another instance was first, this round's view of the run is old: leave it for the next round.
      if (moved) runs.set(run.id, { ...known, run: moved });
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
  private async openChunk(
    { run, windowLeftSeconds }: KnownRun,
    allowance: Allowance,
    machinesReady: number,
  ): Promise<BatchRun | null> {
    if (run.cursor.byteOffset >= run.inputSizeBytes) return run;
    const meanItemMs = await this.times.mean(run);
    const itemsLeft = itemsLeftOf(run);
    const size = { meanItemMs, itemsLeft, machinesReady, windowLeftSeconds, ...allowance };
    return this.opener.openNext(run, chunkItems(size, this.settings), allowance);
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
