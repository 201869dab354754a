import { Injectable, Logger } from '@nestjs/common';
import type { BatchRun } from '#shared/domain/batch.js';
import { NotFoundError, UnavailableError } from '#shared/domain/errors.js';
import type { Failure } from '#shared/domain/invocation.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { type PlannedRun, RunScheduleStore, type WindowOutcome } from '#shared/store/run-schedule-store.js';
import { Dispatcher } from '../../dispatch/dispatcher.js';
import { inputMissing } from '../input-missing.js';
import { notMet } from './admission-decision.js';
import { CarryOver } from './carry-over.js';
import { LeftItems } from './left-items.js';
import { ScheduleFactsReader, type SharedFacts } from './schedule-facts.js';
import { UpstreamRuns } from './upstream-runs.js';
import { decideWindowEnd, endOfWhole, type ItemsAtEnd, MOST_LEAD_MS } from './window-end-decision.js';

const PAGE = 250;

/** Sees to it that nothing runs past its window's end, and that nothing is lost by that. */
@Injectable()
export class WindowEnds {
  private readonly logger = new Logger(WindowEnds.name);

  constructor(
    private readonly runs: RunScheduleStore,
    private readonly batches: BatchStore,
    private readonly dispatcher: Dispatcher,
    private readonly facts: ScheduleFactsReader,
    private readonly left: LeftItems,
    private readonly upstream: UpstreamRuns,
    private readonly carryOver: CarryOver,
  ) {}

  /** Looks at all runs whose window ends soon, or is over. @param now the database's time */
  async lookAtAll(now: Date, isStopping: () => boolean): Promise<void> {
    const shared = this.facts.forRound();
    const until = new Date(now.getTime() + MOST_LEAD_MS);
    for (let afterId: string | undefined = ''; afterId !== undefined && !isStopping();) {
      const page = await this.runs.listEnding(until, PAGE, afterId);
      for (const planned of page) await this.lookAtOne(planned, now, shared);
      afterId = page.length < PAGE ? undefined : page.at(-1)?.run.id;
    }
  }

  /** What goes wrong with one run must not keep the others; an outage concerns all. */
  private async lookAtOne(planned: PlannedRun, now: Date, shared: SharedFacts): Promise<void> {
    try {
      await this.look(planned, now, shared);
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      const { id: runId } = planned.run;
      this.logger.error({ err: error, runId }, "A run's window could not be ended; it is tried again.");
    }
  }

  private async look(planned: PlannedRun, now: Date, shared: SharedFacts): Promise<void> {
    const { run } = planned;
    const { state, windowEndsAt } = run;
    if (!windowEndsAt) return;
    const openChunks = state === 'draining' ? await this.batches.countOpenChunks(run.id) : 0;
    const meanItemMs =
      state === 'waiting' || state === 'running'
        ? await this.batches.meanItemDurationMs(run.appId, run.functionName)
        : null;
    const action = decideWindowEnd({ state, windowEndsAt, now, openChunks, meanItemMs });
    if (action === 'drain') await this.drain(run);
    if (action === 'close') await this.withdraw(run, await this.runs.closeChunks(run.id));
    if (action === 'close' || action === 'settle')
      await this.settle(planned, laterOf(now, windowEndsAt), shared);
  }

  private async drain(run: BatchRun): Promise<void> {
    const withdrawn = await this.runs.drain(run.id);
    if (!withdrawn) return;
    await this.withdraw(run, withdrawn);
    this.logger.log({ runId: run.id, chunks: withdrawn.length }, "A run's window ends: it drains.");
  }

  private withdraw(run: BatchRun, chunkIds: readonly string[]): Promise<void> {
    return this.dispatcher.withdrawChunks(run, chunkIds);
  }

  /** @param now after the window's end: the next one is another */
  private async settle(planned: PlannedRun, now: Date, shared: SharedFacts): Promise<void> {
    const { id: runId } = planned.run;
    const outcome = await this.outcomeOf(planned, now, shared);
    if (!(await this.runs.endWindow(runId, outcome))) return;
    const { state, next } = outcome;
    this.logger.log(
      { runId, state, nextRunId: next?.id, items: next?.itemsTotal },
      "A run's window is over.",
    );
  }

  private async outcomeOf(
    { run, definition }: PlannedRun,
    now: Date,
    shared: SharedFacts,
  ): Promise<WindowOutcome> {
    const items = await this.itemsOf(run);
    const isWholeKnown = run.inputState === 'ready' && run.cursor.byteOffset >= run.inputSizeBytes;
    const whole = endOfWhole(items, isWholeKnown);
    if (whole) return { state: whole };
    if (run.state === 'scheduled' && definition) {
      const verdict = await this.upstream.judge(definition, run.businessDate, new Map());
      if (verdict.kind === 'pending' && !verdict.hasRun)
        return notMet(`${verdict.message} Its window is over.`, false);
    }
    if (!definition || run.settings?.carryOver === false) return windowOver(items, 'carryOver is false');
    try {
      const hasBegun = items.succeeded + items.failed + items.cancelled > 0;
      const input = hasBegun ? await this.left.inputOf(run) : null;
      if (hasBegun && !input) return { state: 'completedWithFailures' };
      const next = this.carryOver.next(run, definition, await shared.calendarOf(definition), input, now);
      if (next) return { state: 'carriedOver', next };
      return windowOver(items, 'no window is to come');
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      return { state: 'failed', failure: inputMissing(run.inputDigest) };
    }
  }

  private async itemsOf(run: BatchRun): Promise<ItemsAtEnd> {
    const { itemsSucceeded, itemsFailed, itemsCancelled } = await this.batches.progress(run.id);
    return {
      total: run.itemsTotal,
      succeeded: itemsSucceeded,
      failed: itemsFailed,
      cancelled: itemsCancelled,
    };
  }
}

/** What is not carried over: as of a run that somebody cancels, items that have an outcome keep it, and the others get none. */
function windowOver({ total, succeeded, failed, cancelled }: ItemsAtEnd, why: string): WindowOutcome {
  const left = total - succeeded - failed - cancelled;
  const failure: Failure = {
    source: 'platform',
    type: 'WindowOver',
    message:
      `Its window ended with ${left} of ${total} items left, which are not carried over: ${why}. ` +
      'A re-run goes over them whenever you want.',
  };
  return { state: 'cancelled', failure };
}

function laterOf(one: Date, other: Date): Date {
  return one > other ? one : other;
}
