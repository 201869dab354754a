import { Injectable, Logger } from '@nestjs/common';
import type { DefinedBatch } from '#shared/domain/defined-batch.js';
import { ConflictError, InvalidInputError } from '#shared/domain/errors.js';
import { type Backfill, planBackfill } from '#shared/domain/scheduling/backfill.js';
import { nextPlannedList, type Occurrence } from '#shared/domain/scheduling/occurrences.js';
import type { SchedulePlan } from '#shared/domain/scheduling/schedule-plan.js';
import type { NewBatchRun } from '#shared/store/batch-store.js';
import { RunScheduleStore } from '#shared/store/run-schedule-store.js';
import { Store } from '#shared/store/store.js';
import { ActiveVersions } from '../definitions/active-versions.js';
import { BatchDefinitions } from '../definitions/batch-definitions.js';
import type { BatchPath } from '../definitions/definition-requests.js';
import { BatchScheduler } from './batch-scheduler.js';
import { deadlineOf, planOf } from './batch-plan.js';
import { PlannedRuns, type TimerInputs, waitsFor } from './planned-runs.js';
import { ScheduleFactsReader } from './schedule-facts.js';
import type { BackfillBody } from './schedule-requests.js';

/** Each run's key is this with its time. */
const LONGEST_KEY = 200;

export interface PlannedBackfill {
  readonly notBefore: Date;
  readonly runs: readonly {
    readonly runId: string | null;
    readonly plannedAt: Date;
    readonly businessDate: string;
  }[];
}

/** What comes of a batch's schedule, and runs of days that are over. */
@Injectable()
export class Backfills {
  private readonly logger = new Logger(Backfills.name);

  constructor(
    private readonly definitions: BatchDefinitions,
    private readonly versions: ActiveVersions,
    private readonly facts: ScheduleFactsReader,
    private readonly store: Store,
    private readonly runs: RunScheduleStore,
    private readonly planned: PlannedRuns,
    private readonly scheduler: BatchScheduler,
  ) {}

  /** The next occurrences; none where the batch has no times of its own. Throws `NotFoundError`. */
  async upcoming(
    path: BatchPath,
    count: number,
  ): Promise<{ batch: DefinedBatch; plan: SchedulePlan | null; next: readonly Occurrence[] }> {
    const batch = await this.definitions.find(path);
    const plan = await this.planOf(batch);
    return { batch, plan, next: plan ? nextPlannedList(plan, await this.store.now(), count) : [] };
  }

  /**
   * Makes a run for each occurrence of a range of business days, all or none. They keep to the window, and to each other's order.
   * @param idempotencyKey the same key for the same range makes no second runs
   * @throws InvalidInputError that names the field, NotFoundError, ConflictError where the function does not fit any more
   */
  async start(
    path: BatchPath,
    { from, to, dryRun }: BackfillBody,
    idempotencyKey?: string,
  ): Promise<PlannedBackfill> {
    if ((idempotencyKey?.length ?? 0) > LONGEST_KEY)
      throw new InvalidInputError(`Idempotency-Key: must have at most ${LONGEST_KEY} characters.`);
    const batch = await this.definitions.find(path);
    const plan = await this.planOf(batch);
    if (!plan)
      throw new InvalidInputError(
        `The batch ${path.app}/${path.name} has neither schedule nor window: it has no days to go back to. Run it by request.`,
      );
    const now = await this.store.now();
    const backfill = planBackfill(plan, { from, to }, now);
    if (dryRun) return view(backfill, []);
    const written = await this.runs.createAll(await this.runsOf(batch, plan, backfill, now, idempotencyKey));
    this.scheduler.wake();
    this.logger.log({ batchId: batch.id, from, to, runs: written.length }, 'A backfill was asked for.');
    return view(
      backfill,
      written.map(({ id }) => id),
    );
  }

  private async runsOf(
    batch: DefinedBatch,
    plan: SchedulePlan,
    { occurrences, notBefore, window }: Backfill,
    now: Date,
    idempotencyKey: string | undefined,
  ): Promise<readonly NewBatchRun[]> {
    const version = await this.versions.of(batch.definition.app);
    const timers: TimerInputs = new Map();
    const runs: NewBatchRun[] = [];
    for (const { plannedAt, businessDate } of occurrences) {
      const made = await this.planned.make(
        batch,
        version,
        {
          cause: 'backfill',
          state: 'scheduled',
          plannedAt,
          businessDate,
          notBefore,
          windowEndsAt: window?.endsAt,
          deadlineAt: deadlineOf(batch.definition, plan, { notBefore, window }),
          waitReason: waitsFor(batch.definition, notBefore, now),
          idempotencyKey: idempotencyKey && `${idempotencyKey} ${plannedAt.toISOString()}`,
        },
        timers,
      );
      if ('refused' in made) throw new ConflictError(made.refused);
      runs.push(made.run);
    }
    return runs;
  }

  private async planOf(batch: DefinedBatch): Promise<SchedulePlan | null> {
    const calendar = await this.facts.forRound().calendarOf(batch.definition);
    return planOf(batch.definition, calendar, batch.activeSince ?? batch.createdAt);
  }
}

function view({ notBefore, occurrences }: Backfill, runIds: readonly string[]): PlannedBackfill {
  return {
    notBefore,
    runs: occurrences.map(({ plannedAt, businessDate }, index) => ({
      runId: runIds[index] ?? null,
      plannedAt,
      businessDate,
    })),
  };
}
