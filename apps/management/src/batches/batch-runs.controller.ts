import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { BatchStore } from '#shared/store/batch-store.js';
import { DeadLetterStore } from '#shared/store/dead-letter-store.js';
import { inputPipe } from '../http/input-pipe.js';
import { itemListSchema, runIdSchema, runListSchema } from './batch-requests.js';
import type { ItemListQuery, RunId, RunListQuery } from './batch-requests.js';
import { ActiveVersions } from './definitions/active-versions.js';
import { BatchRuns } from './batch-runs.js';
import { RunLook } from './run-look.js';
import { itemListView, runListView, runView, toItemView } from './run-views.js';
import type { ItemListView, RunListView, RunView } from './run-views.js';

@ApiTags('batches')
@ApiNotFoundResponse({ description: 'There is no such run, or app.' })
@Controller('api/v1/batches/runs')
export class BatchRunsController {
  constructor(
    private readonly batches: BatchStore,
    private readonly deadLetters: DeadLetterStore,
    private readonly runs: BatchRuns,
    private readonly look: RunLook,
    private readonly versions: ActiveVersions,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Batch runs with their progress, the newest first.' })
  @ApiOkResponse({ standardSchema: runListView })
  async list(
    @Query({ schema: runListSchema, pipes: [inputPipe] }) query: RunListQuery,
  ): Promise<RunListView> {
    const { limit, after, app, ...filter } = query;
    const appId = app === undefined ? undefined : (await this.versions.app(app)).id;
    const page = await this.batches.listRuns({ limit, after }, { ...filter, appId });
    return { runs: await Promise.all(page.rows.map((run) => this.look.at(run))), next: page.next };
  }

  @Get(':runId')
  @ApiOperation({ summary: 'One batch run with its progress.' })
  @ApiOkResponse({ standardSchema: runView })
  async find(@Param({ schema: runIdSchema, pipes: [inputPipe] }) { runId }: RunId): Promise<RunView> {
    const [view, { healed }] = await Promise.all([
      this.look.at(await this.runs.find(runId)),
      this.deadLetters.counts(runId),
    ]);
    return { ...view, itemsHealed: healed };
  }

  @Get(':runId/items')
  @ApiOperation({ summary: 'The items of a run that have an outcome, by their line in the input.' })
  @ApiOkResponse({ standardSchema: itemListView })
  async items(
    @Param({ schema: runIdSchema, pipes: [inputPipe] }) { runId }: RunId,
    @Query({ schema: itemListSchema, pipes: [inputPipe] }) query: ItemListQuery,
  ): Promise<ItemListView> {
    await this.runs.find(runId);
    const { state, group, limit, afterLine } = query;
    const page = await this.batches.listItems(runId, { state, group }, { limit, afterLine });
    return { items: page.rows.map(toItemView), nextLine: page.nextLine };
  }

  @Post(':runId/cancel')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Stop a run: nothing more of it begins.',
    description:
      'What has begun comes to its end (state cancelling), then the run is cancelled; items that never began get no outcome.',
  })
  @ApiAcceptedResponse({ standardSchema: runView })
  @ApiConflictResponse({ description: 'The run has ended.' })
  async cancel(@Param({ schema: runIdSchema, pipes: [inputPipe] }) { runId }: RunId): Promise<RunView> {
    return this.look.at(await this.runs.cancel(runId));
  }

  @Post(':runId/terminate')
  @HttpCode(202)
  @ApiOperation({
    summary: 'End a run now: also what is under way.',
    description:
      'Within seconds workers end the containers in which items of it run, and record those items as cancelled; then the run is ' +
      'cancelled. Items that never began get no outcome.',
  })
  @ApiAcceptedResponse({ standardSchema: runView })
  @ApiConflictResponse({ description: 'The run has ended.' })
  async terminate(@Param({ schema: runIdSchema, pipes: [inputPipe] }) { runId }: RunId): Promise<RunView> {
    return this.look.at(await this.runs.terminate(runId));
  }
}
