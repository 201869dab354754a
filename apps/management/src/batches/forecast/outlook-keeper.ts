import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { UnavailableError } from '#shared/domain/errors.js';
import { BatchEventStore } from '#shared/store/batch-event-store.js';
import { RunCourseStore } from '#shared/store/run-course-store.js';
import { WakeableLoop } from '../../dispatch/wakeable-loop.js';
import { courseTime, SHORTEST_STEP_MS } from './course-step.js';
import { forecastWords } from './forecast-words.js';
import { Forecasts, type Outlook } from './forecasts.js';

/**
 * Notes the course of open runs, and puts on record once that a run's deadline is at risk or will be missed. Several instances do it
 * at once: a point and an event are there once whoever notes them.
 */
@Injectable()
export class OutlookKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OutlookKeeper.name);
  private readonly loop = new WakeableLoop(
    () => this.round(),
    (error) => this.failed(error),
  );
  /** What this instance has said or found said: `run state`. Only of runs that are open. */
  private said = new Set<string>();

  constructor(
    private readonly forecasts: Forecasts,
    private readonly courses: RunCourseStore,
    private readonly events: BatchEventStore,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** One look at the open runs. */
  async look(): Promise<void> {
    const { outlooks, at } = await this.forecasts.all(SHORTEST_STEP_MS / 2);
    this.said = new Set([...this.said].filter((key) => outlooks.has(key.split(' ')[0] ?? '')));
    for (const outlook of outlooks.values()) {
      if (this.loop.isStopping) return;
      await this.noteCourse(outlook, at);
      await this.sayDeadline(outlook, at);
    }
  }

  private async noteCourse({ run, progress, forecast }: Outlook, now: Date): Promise<void> {
    if (run.startedAt === null) return;
    const { itemsSucceeded, itemsFailed, itemsCancelled } = progress;
    const items = { itemsTotal: run.itemsTotal, itemsSucceeded, itemsFailed, itemsCancelled };
    const { p50At, p90At } = forecast;
    await this.courses.note(run.id, { at: courseTime(run.startedAt, now), ...items, p50At, p90At });
  }

  private async sayDeadline({ run, forecast }: Outlook, now: Date): Promise<void> {
    const { deadline, more } = forecast;
    if (deadline !== 'late' && deadline !== 'atRisk') return;
    const key = `${run.id} ${deadline}`;
    if (this.said.has(key) || run.deadlineAt === null) return;
    const reason = forecastWords(forecast, run.deadlineAt, now);
    const details = {
      deadlineAt: run.deadlineAt.toISOString(),
      reason,
      ...moreDetails(more?.count ?? null),
    };
    const isFirst = await this.events.record({ runId: run.id, kind: deadline, details });
    this.said.add(key);
    if (isFirst) this.logger.warn({ runId: run.id, ...details }, `A batch run's deadline: ${deadline}.`);
  }

  /** Points lie at whole steps of the clock, so that what is noted at one is of that time. */
  private async round(): Promise<number> {
    await this.look();
    return SHORTEST_STEP_MS - (Date.now() % SHORTEST_STEP_MS);
  }

  private failed(error: unknown): number {
    const isOutage = error instanceof UnavailableError;
    if (!isOutage)
      this.logger.error({ err: error }, 'The outlook of batch runs is not known; it is tried again.');
    return SHORTEST_STEP_MS;
  }
}

function moreDetails(count: number | null): { readonly moreMachines?: number } {
  return count === null ? {} : { moreMachines: count };
}
