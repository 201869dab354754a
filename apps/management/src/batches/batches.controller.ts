import { Controller, Post, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiConflictResponse,
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeader,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiPayloadTooLargeResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STREAMED_BODY } from '../http/body-parsing.js';
import { inputPipe } from '../http/input-pipe.js';
import { idempotencyKeyOf, startRunSchema } from './batch-requests.js';
import type { StartRunQuery } from './batch-requests.js';
import { BatchRuns } from './batch-runs.js';
import { sentContentType, uploadForm } from './inputs/upload-form.js';
import { startedRunView } from './run-views.js';
import type { StartedRunView } from './run-views.js';

const RUNS_PATH = '/api/v1/batches/runs';

@ApiTags('batches')
@Controller('api/v1/batches')
export class BatchesController {
  constructor(private readonly runs: BatchRuns) {}

  @Post()
  @RouteConfig(STREAMED_BODY)
  @ApiOperation({
    summary:
      'Run a function once for each line of a JSON Lines file, or record of a CSV file, beginning now.',
    description:
      'The body is the file, streamed. Each line that is not blank is an item; a line that is not JSON is an item that fails, with ' +
      'its line number, and the run goes on. The function must take messages (a queueTrigger, for example): an item is a message, ' +
      'or with cardinality "many" a group of items is one invocation. With Content-Type: text/csv each record is an item: an ' +
      'object by the names in the header, or an array without one; a broken record refuses the file, with its line.',
  })
  @ApiConsumes('application/x-ndjson', 'text/csv')
  @ApiBody({ schema: { type: 'string', format: 'binary' }, required: true })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description:
      'The same key for the same batch is the same run. Keys are those of the app: 409 for another batch.',
  })
  @ApiCreatedResponse({
    standardSchema: startedRunView,
    description: 'The run; Location is where it is read.',
  })
  @ApiOkResponse({
    standardSchema: startedRunView,
    description: 'The run that this Idempotency-Key has started before.',
  })
  @ApiBadRequestResponse({ description: 'There are no items, or the function can not take them.' })
  @ApiNotFoundResponse({ description: 'There is no such app or function.' })
  @ApiConflictResponse({
    description: 'The function is disabled, or nothing has been published for the app.',
  })
  @ApiPayloadTooLargeResponse({ description: 'The file is over maxInputBytes.' })
  async start(
    @Query({ schema: startRunSchema, pipes: [inputPipe] }) query: StartRunQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StartedRunView> {
    const idempotencyKey = idempotencyKeyOf(request);
    const { app, function: functionName, name, deadlineAt, ...csv } = query;
    const convert = uploadForm(sentContentType(request.raw), csv);
    const order = {
      app,
      function: functionName,
      name,
      deadlineAt,
      idempotencyKey,
      body: request.raw,
      convert,
    };
    const { run, isNew } = await this.runs.start(order);
    void reply.code(isNew ? 201 : 200).header('location', `${RUNS_PATH}/${run.id}`);
    return { runId: run.id, batchId: run.batchId, itemsTotal: run.itemsTotal, state: run.state };
  }
}
