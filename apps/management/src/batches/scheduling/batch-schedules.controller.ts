import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiHeader,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OccurrenceStore } from '#shared/store/occurrence-store.js';
import { inputPipe } from '../../http/input-pipe.js';
import { idempotencyKeyOf } from '../batch-requests.js';
import { BatchDefinitions } from '../definitions/batch-definitions.js';
import { batchPathSchema } from '../definitions/definition-requests.js';
import type { BatchPath } from '../definitions/definition-requests.js';
import { Backfills } from './backfills.js';
import { backfillSchema, occurrenceListSchema, upcomingSchema } from './schedule-requests.js';
import type { BackfillBody, OccurrenceListQuery, UpcomingQuery } from './schedule-requests.js';
import {
  backfillView,
  occurrenceListView,
  toBackfillView,
  toOccurrenceListView,
  toUpcomingView,
  upcomingView,
} from './schedule-views.js';
import type { BackfillView, OccurrenceListView, UpcomingView } from './schedule-views.js';

/** A page is asked for with one row more, and a store gives a thousand at most. */
const MOST_OCCURRENCES = 999;

@ApiTags('batch definitions')
@ApiNotFoundResponse({ description: 'There is no such app, or nothing is defined by this name.' })
@Controller('api/v1/apps/:app/batches/:name')
export class BatchSchedulesController {
  constructor(
    private readonly definitions: BatchDefinitions,
    private readonly backfills: Backfills,
    private readonly occurrences: OccurrenceStore,
  ) {}

  @Get('schedule')
  @ApiOperation({ summary: "A batch's next occurrences, in UTC and in its time zone." })
  @ApiOkResponse({ standardSchema: upcomingView })
  async upcoming(
    @Param({ schema: batchPathSchema, pipes: [inputPipe] }) path: BatchPath,
    @Query({ schema: upcomingSchema, pipes: [inputPipe] }) { count }: UpcomingQuery,
  ): Promise<UpcomingView> {
    const { batch, plan, next } = await this.backfills.upcoming(path, count);
    return toUpcomingView(batch, plan, next);
  }

  @Get('occurrences')
  @ApiOperation({
    summary: 'What became of the occurrences of a batch, the newest first: a run, or why none.',
  })
  @ApiOkResponse({ standardSchema: occurrenceListView })
  async list(
    @Param({ schema: batchPathSchema, pipes: [inputPipe] }) path: BatchPath,
    @Query({ schema: occurrenceListSchema, pipes: [inputPipe] }) { limit, before }: OccurrenceListQuery,
  ): Promise<OccurrenceListView> {
    const { id } = await this.definitions.find(path);
    const shown = Math.min(limit, MOST_OCCURRENCES);
    return toOccurrenceListView(await this.occurrences.list(id, shown + 1, before), shown);
  }

  @Post('backfill')
  @ApiOperation({
    summary: 'Runs a batch for a range of business days that are over, one after the other.',
    description:
      'Also days that have been run before. The runs keep to the window, each for its own business day; what is still to come of ' +
      'today runs by itself. At most 1,100 runs. Works while the batch is paused: somebody wants it.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same key for the same days makes no second runs. At most 200 characters.',
  })
  @ApiCreatedResponse({ standardSchema: backfillView, description: 'The runs.' })
  @ApiOkResponse({ standardSchema: backfillView, description: 'A dry run: no run was made.' })
  @ApiBadRequestResponse({ description: 'The range is not right, or has no occurrence.' })
  @ApiConflictResponse({ description: 'The active version of the app does not fit the definition.' })
  async backfill(
    @Param({ schema: batchPathSchema, pipes: [inputPipe] }) path: BatchPath,
    @Body({ schema: backfillSchema, pipes: [inputPipe] }) body: BackfillBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BackfillView> {
    const planned = await this.backfills.start(path, body, idempotencyKeyOf(request));
    void reply.code(body.dryRun ? 200 : 201);
    return toBackfillView(planned);
  }
}
