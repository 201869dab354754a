import { Injectable, Logger } from '@nestjs/common';
import type { BatchRun } from '#shared/domain/batch.js';
import type { DefinedBatch } from '#shared/domain/defined-batch.js';
import { UnavailableError } from '#shared/domain/errors.js';
import { decideOverlap } from '#shared/domain/scheduling/overlap.js';
import { BatchDefinitionStore } from '#shared/store/batch-definition-store.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { OccurrenceStore } from '#shared/store/occurrence-store.js';
import { type DayRun, RunScheduleStore } from '#shared/store/run-schedule-store.js';
import { hasFailedAltogether, triggersDependents } from './ended-run-decision.js';
import { PlannedRuns, waitsFor } from './planned-runs.js';
import { ScheduleFactsReader } from './schedule-facts.js';
import { UpstreamRuns } from './upstream-runs.js';

const PAGE = 100;
/** The management itself, where it says who did something. */
const NIGHTJAR = 'nightjar';

/**
 * What follows from a run's end: batches without times of their own that depend on it begin, and a batch that is to pause on failure
 * does. An end is marked once that is done, so that somebody else does what a dying instance leaves; all of it may be done twice.
 */
@Injectable()
export class EndedRuns {
  private readonly logger = new Logger(EndedRuns.name);

  constructor(
    private readonly runs: RunScheduleStore,
    private readonly batches: BatchStore,
    private readonly definitions: BatchDefinitionStore,
    private readonly occurrences: OccurrenceStore,
    private readonly upstream: UpstreamRuns,
    private readonly facts: ScheduleFactsReader,
    private readonly planned: PlannedRuns,
  ) {}

  /** @returns how many runs were made. @param now the database's time */
  async seeTo(now: Date, isStopping: () => boolean): Promise<number> {
    let made = 0;
    while (!isStopping()) {
      const ended = await this.runs.listUnseenEnds(PAGE);
      const seen: string[] = [];
      for (const run of ended) {
        const outcome = await this.seeToOne(run, now);
        made += outcome.made;
        if (outcome.isDone) seen.push(run.id);
      }
      await this.runs.markSeen(seen);
      // What is not done is looked at again in the next round.
      if (ended.length < PAGE || seen.length === 0) break;
    }
    return made;
  }

  private async seeToOne(run: BatchRun, now: Date): Promise<{ made: number; isDone: boolean }> {
    try {
      await this.pauseAfter(run);
      if (run.businessDate === null || !triggersDependents(run)) return { made: 0, isDone: true };
      const dependents = await this.definitions.listDependents(run.batchId);
      const starts = await Promise.all(
        dependents
          .filter(startsWithOthers)
          .map((batch) => this.start(batch, run, run.businessDate ?? '', now)),
      );
      return {
        made: starts.filter((start) => start === 'made').length,
        isDone: !starts.includes('again'),
      };
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      this.logger.error(
        { err: error, runId: run.id },
        "What follows from a run's end failed; it is tried again.",
      );
      return { made: 0, isDone: false };
    }
  }

  private async pauseAfter(run: BatchRun): Promise<void> {
    if (!run.settings?.pauseOnFailure) return;
    const { itemsSucceeded } = await this.batches.progress(run.id);
    if (!hasFailedAltogether(run, itemsSucceeded)) return;
    const batch = await this.definitions.findById(run.batchId);
    if (!batch || batch.pause) return;
    const note =
      `The run ${run.id} ended as ${run.state} (pauseOnFailure). ${run.failure?.message ?? ''}`.trim();
    await this.definitions.pause({ appId: batch.appId, name: run.name }, NIGHTJAR, note);
    this.logger.warn({ runId: run.id, batchId: batch.id }, 'A batch is paused: its run failed.');
  }

  /** Begins a batch for a business day if all that it depends on has come about then, once a day. */
  private async start(
    batch: DefinedBatch,
    ended: BatchRun,
    businessDate: string,
    now: Date,
  ): Promise<'made' | 'not' | 'again'> {
    const { definition, id: batchId, version } = batch;
    if (batch.pause) return 'not';
    const own = await this.runs.runsOfDay(definition.app, definition.name, businessDate);
    if (own.some(hasBeenMade)) return 'not';
    if ((await this.upstream.judge(definition, businessDate, new Map())).kind !== 'met') return 'not';
    const open = await this.runs.openRunsOf([batchId]);
    const overlap = decideOverlap(
      definition.overlap,
      open.map(({ id, state }) => ({ id, hasBegun: state !== 'scheduled' })),
    );
    const plannedAt = ended.endedAt ?? now;
    const made = await this.planned.make(batch, await this.facts.forRound().versionOf(definition.app), {
      cause: 'dependency',
      state: 'scheduled',
      plannedAt,
      businessDate,
      notBefore: plannedAt < now ? plannedAt : now,
      waitReason: waitsFor(definition, now, now),
    });
    const isRun = overlap.action !== 'skip' && 'run' in made;
    const outcome = await this.occurrences.claim({
      batchId,
      version,
      openRunIds: open.map(({ id }) => id),
      plannedAt,
      run: isRun ? made.run : null,
      reason: isRun ? undefined : whyNot(overlap.action, made),
      nextDueAt: null,
    });
    if (outcome.kind === 'outdated') return 'again';
    return outcome.kind === 'claimed' && isRun ? 'made' : 'not';
  }
}

/** One with a schedule or a window has its own times, and waits in them. */
function startsWithOthers({ definition }: DefinedBatch): boolean {
  return definition.schedule === undefined && definition.window === undefined;
}

function hasBeenMade({ cause }: DayRun): boolean {
  return cause === 'dependency';
}

function whyNot(overlap: string, made: object): string {
  if ('refused' in made) return `It could not be run. ${String(made.refused)}`;
  return overlap === 'skip' ? 'Another run of the batch had not ended (overlap policy).' : '';
}
