import { Controller, Get, Param } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { BatchRun } from '#shared/domain/batch.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { RunCourseStore, type CoursePoint } from '#shared/store/run-course-store.js';
import { Store } from '#shared/store/store.js';
import { inputPipe } from '../../http/input-pipe.js';
import { toWhyView, whyView, type WhyView } from '../../placement/why-views.js';
import { runIdSchema, type RunId } from '../batch-requests.js';
import { BatchRuns } from '../batch-runs.js';
import { RunWhys } from '../why/run-whys.js';
import { MOST_POINTS } from './course-step.js';
import { runProgressView, toForecastView, toPointView, type RunProgressView } from './forecast-views.js';
import { Forecasts } from './forecasts.js';

@ApiTags('batches')
@ApiNotFoundResponse({ description: 'There is no such run.' })
@Controller('api/v1/batches/runs/:runId')
export class RunProgressController {
  constructor(
    private readonly store: Store,
    private readonly runs: BatchRuns,
    private readonly batches: BatchStore,
    private readonly courses: RunCourseStore,
    private readonly forecasts: Forecasts,
    private readonly whys: RunWhys,
  ) {}

  @Get('progress')
  @ApiOperation({ summary: 'How a run went on, by time, and what is to be expected of it.' })
  @ApiOkResponse({ standardSchema: runProgressView })
  async progress(
    @Param({ schema: runIdSchema, pipes: [inputPipe] }) { runId }: RunId,
  ): Promise<RunProgressView> {
    const run = await this.runs.find(runId);
    const now = await this.store.now();
    const [points, outlook] = await Promise.all([
      this.courses.newest(runId, now, MOST_POINTS),
      this.forecasts.of(run),
    ]);
    const last = await this.pointNow(run, now);
    return {
      runId,
      itemsTotal: run.itemsTotal,
      forecast: toForecastView(run, outlook, now),
      points: [...points.filter(({ at }) => at < last.at), last].map(toPointView),
    };
  }

  @Get('why')
  @ApiOperation({ summary: 'Why a run is not running, or runs no faster, in words.' })
  @ApiOkResponse({ standardSchema: whyView })
  async why(@Param({ schema: runIdSchema, pipes: [inputPipe] }) { runId }: RunId): Promise<WhyView> {
    return toWhyView(await this.whys.of(await this.runs.find(runId)));
  }

  private async pointNow(run: BatchRun, now: Date): Promise<CoursePoint> {
    const { itemsSucceeded, itemsFailed, itemsCancelled } = await this.batches.progress(run.id);
    const items = { itemsTotal: run.itemsTotal, itemsSucceeded, itemsFailed, itemsCancelled };
    return { at: run.endedAt ?? now, ...items, p50At: null, p90At: null };
  }
}
