import { Injectable, Logger } from '@nestjs/common';
import type { DueBatch } from '#shared/domain/defined-batch.js';
import { UnavailableError } from '#shared/domain/errors.js';
import { settledUntil } from '#shared/domain/scheduling/misfire.js';
import type { SchedulePlan } from '#shared/domain/scheduling/schedule-plan.js';
import { type DueSettlement, OccurrenceStore } from '#shared/store/occurrence-store.js';
import { type OpenRunFacts, RunScheduleStore } from '#shared/store/run-schedule-store.js';
import { deadlineOf, planOf } from './batch-plan.js';
import { PlannedRuns, type TimerInputs, waitsFor } from './planned-runs.js';
import { decideSchedule, type ScheduleDecision } from './schedule-decision.js';
import { ScheduleFactsReader, type SharedFacts } from './schedule-facts.js';

/** So many are settled in one transaction: it holds their rows for some milliseconds. */
const PAGE = 250;
/** A batch of which nobody can say when it is due must not hold up the others. */
const LOOK_AGAIN_MS = 60_000;

/** Turns what is due into runs. Any number of instances do so at once: an occurrence belongs to whoever settles it first. */
@Injectable()
export class DueBatches {
  private readonly logger = new Logger(DueBatches.name);

  constructor(
    private readonly occurrences: OccurrenceStore,
    private readonly runs: RunScheduleStore,
    private readonly facts: ScheduleFactsReader,
    private readonly planned: PlannedRuns,
  ) {}

  /**
   * Looks at all that is due, page by page.
   * @param now the database's time
   * @returns how many runs were made
   */
  async settleAll(now: Date, isStopping: () => boolean): Promise<number> {
    const shared = this.facts.forRound();
    const timers: TimerInputs = new Map();
    let made = 0;
    while (!isStopping()) {
      const due = await this.occurrences.listDue(PAGE, now);
      const settlements = await this.decideAll(due, now, shared, timers);
      const settled = await this.occurrences.settle(settlements);
      made += this.report(settlements.filter(({ batchId }) => settled.has(batchId)));
      // Where nothing was settled somebody else is at it, or all has changed meanwhile: look again in the next round.
      if (due.length < PAGE || settled.size === 0) break;
    }
    return made;
  }

  private async decideAll(
    due: readonly DueBatch[],
    now: Date,
    shared: SharedFacts,
    timers: TimerInputs,
  ): Promise<readonly DueSettlement[]> {
    const open = Map.groupBy(
      await this.runs.openRunsOf(due.map(({ batch }) => batch.id)),
      ({ batchId }) => batchId,
    );
    const settlements: DueSettlement[] = [];
    for (const one of due) {
      settlements.push(await this.decide(one, open.get(one.batch.id) ?? [], now, shared, timers));
    }
    return settlements;
  }

  private async decide(
    due: DueBatch,
    open: readonly OpenRunFacts[],
    now: Date,
    shared: SharedFacts,
    timers: TimerInputs,
  ): Promise<DueSettlement> {
    const { id: batchId, version, definition } = due.batch;
    const decidedBy = { batchId, version, openRunIds: open.map(({ id }) => id) };
    try {
      const plan = planOf(definition, await shared.calendarOf(definition), due.activeSince);
      const decision = decideSchedule({
        definition,
        plan,
        settledUntil: settledUntil(due),
        open: open.map(({ id, state }) => ({ id, hasBegun: state !== 'scheduled' })),
        now,
      });
      const started = plan ? await this.startAll(due, plan, decision, now, shared, timers) : [];
      const skipped = decision.skips.map((skip) => ({ ...skip, run: null }));
      return { ...decidedBy, occurrences: [...started, ...skipped], nextDueAt: decision.nextDueAt };
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      this.logger.error({ err: error, batchId }, 'Nobody can say when a batch is due; it is tried again.');
      return { ...decidedBy, occurrences: [], nextDueAt: new Date(now.getTime() + LOOK_AGAIN_MS) };
    }
  }

  private async startAll(
    { batch }: DueBatch,
    plan: SchedulePlan,
    { starts }: ScheduleDecision,
    now: Date,
    shared: SharedFacts,
    timers: TimerInputs,
  ): Promise<DueSettlement['occurrences']> {
    const { definition } = batch;
    if (starts.length === 0) return [];
    const version = await shared.versionOf(definition.app);
    const occurrences: DueSettlement['occurrences'][number][] = [];
    for (const { start, beginsAtOnce } of starts) {
      const { plannedAt, businessDate } = start.occurrence;
      const changes = {
        cause: start.cause,
        state: beginsAtOnce ? ('waiting' as const) : ('scheduled' as const),
        plannedAt,
        businessDate,
        windowEndsAt: start.window?.endsAt,
        deadlineAt: deadlineOf(definition, plan, start),
        notBefore: start.notBefore,
        waitReason: beginsAtOnce ? undefined : waitsFor(definition, start.notBefore, now),
      };
      const made = await this.planned.make(batch, version, changes, timers);
      occurrences.push(
        'run' in made
          ? { plannedAt, run: made.run }
          : { plannedAt, run: null, reason: `It could not be run. ${made.refused}` },
      );
      if ('refused' in made)
        this.logger.warn({ batchId: batch.id, plannedAt, reason: made.refused }, 'A batch could not be run.');
    }
    return occurrences;
  }

  private report(settled: readonly DueSettlement[]): number {
    const all = settled.flatMap(({ occurrences }) => occurrences);
    const made = all.filter(({ run }) => run !== null).length;
    if (all.length > 0) this.logger.log({ runs: made, skipped: all.length - made }, 'Batches were due.');
    return made;
  }
}
