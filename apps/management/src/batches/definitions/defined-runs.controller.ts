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
import { BatchStore } from '#shared/store/batch-store.js';
import { inputPipe } from '../../http/input-pipe.js';
import { idempotencyKeyOf, runFilterSchema } from '../batch-requests.js';
import type { RunFilterQuery } from '../batch-requests.js';
import { RunLook } from '../run-look.js';
import { runListView, startedRunView } from '../run-views.js';
import type { RunListView, StartedRunView } from '../run-views.js';
import { BatchDefinitions } from './batch-definitions.js';
import { DefinedRuns } from './defined-runs.js';
import { batchPathSchema, runRequestSchema } from './definition-requests.js';
import type { BatchPath, RunRequestBody } from './definition-requests.js';

@ApiTags('batch definitions')
@ApiNotFoundResponse({ description: 'There is no such app, or nothing is defined by this name.' })
@Controller('api/v1/apps/:app/batches/:name/runs')
export class DefinedRunsController {
  constructor(
    private readonly definitions: BatchDefinitions,
    private readonly runs: DefinedRuns,
    private readonly batches: BatchStore,
    private readonly look: RunLook,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Runs a batch now, whatever its window, also when it is paused.',
    description:
      'What the run goes by is frozen into it: a later version of the definition does not change it. Its input is made first, which ' +
      'takes its time with a large file or a query (inputState).',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same key for the same app is the same run.',
  })
  @ApiCreatedResponse({
    standardSchema: startedRunView,
    description: 'The run; Location is where it is read.',
  })
  @ApiOkResponse({ standardSchema: startedRunView, description: 'The run that this key has started before.' })
  @ApiBadRequestResponse({ description: 'The input is not right, or the function can not take it.' })
  @ApiConflictResponse({ description: 'The function is disabled.' })
  async start(
    @Param({ schema: batchPathSchema, pipes: [inputPipe] }) path: BatchPath,
    @Body({ schema: runRequestSchema, pipes: [inputPipe] }) body: RunRequestBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StartedRunView> {
    const { run, isNew } = await this.runs.start(path, body, idempotencyKeyOf(request));
    void reply.code(isNew ? 201 : 200).header('location', `/api/v1/batches/runs/${run.id}`);
    return { runId: run.id, batchId: run.batchId, itemsTotal: run.itemsTotal, state: run.state };
  }

  @Get()
  @ApiOperation({ summary: 'The runs of a batch with their progress, the newest first.' })
  @ApiOkResponse({ standardSchema: runListView })
  async list(
    @Param({ schema: batchPathSchema, pipes: [inputPipe] }) path: BatchPath,
    @Query({ schema: runFilterSchema, pipes: [inputPipe] }) query: RunFilterQuery,
  ): Promise<RunListView> {
    const { limit, after, ...filter } = query;
    const { id } = await this.definitions.find(path);
    const page = await this.batches.listRuns({ limit, after }, { ...filter, batchId: id });
    return { runs: await Promise.all(page.rows.map((run) => this.look.at(run))), next: page.next };
  }
}
