import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiHeader,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BatchRun } from '#shared/domain/batch.js';
import { BatchEventStore } from '#shared/store/batch-event-store.js';
import { DeadLetterStore } from '#shared/store/dead-letter-store.js';
import { inputPipe } from '../../http/input-pipe.js';
import { idempotencyKeyOf, runIdSchema } from '../batch-requests.js';
import type { RunId } from '../batch-requests.js';
import { BatchRuns } from '../batch-runs.js';
import { startedRunView } from '../run-views.js';
import type { StartedRunView } from '../run-views.js';
import {
  deadLettersView,
  eventListView,
  groupListView,
  toDeadLettersView,
  toEventListView,
  toGroupListView,
} from './failure-views.js';
import type { DeadLettersView, EventListView, GroupListView } from './failure-views.js';
import { batchGroupListSchema, groupListSchema, replaySchema, selectionOf } from './replay-requests.js';
import type { BatchGroupListQuery, GroupListQuery, Replay } from './replay-requests.js';
import { Replays } from './replays.js';

const RUNS_PATH = '/api/v1/batches/runs';
const KEY = {
  name: 'Idempotency-Key',
  required: false,
  description: 'The same key for the same run is the same replay.',
};
const NEW = { standardSchema: startedRunView, description: 'The new run; Location is where it is read.' };
const EARLIER = {
  standardSchema: startedRunView,
  description: 'The run that this Idempotency-Key has started before.',
};

@ApiTags('batches')
@ApiNotFoundResponse({ description: 'There is no such run.' })
@Controller('api/v1/batches')
export class ReplaysController {
  constructor(
    private readonly runs: BatchRuns,
    private readonly deadLetters: DeadLetterStore,
    private readonly events: BatchEventStore,
    private readonly replays: Replays,
  ) {}

  @Get('failure-groups')
  @ApiOperation({ summary: 'The failure groups of a batch over its newest runs, the largest first.' })
  @ApiOkResponse({ standardSchema: groupListView })
  async groupsOfBatch(
    @Query({ schema: batchGroupListSchema, pipes: [inputPipe] }) query: BatchGroupListQuery,
  ): Promise<GroupListView> {
    const { batchId, runs, limit, after } = query;
    return toGroupListView(await this.deadLetters.listGroupsOfBatch(batchId, runs, { limit, after }));
  }

  @Get('runs/:runId/failure-groups')
  @ApiOperation({
    summary: 'The failures of a run in groups, the largest first.',
    description:
      'Failures with the same type, place and words are a group; ids, numbers, dates and the like in them may differ.',
  })
  @ApiOkResponse({ standardSchema: groupListView })
  async groups(
    @Param({ schema: runIdSchema, pipes: [inputPipe] }) { runId }: RunId,
    @Query({ schema: groupListSchema, pipes: [inputPipe] }) page: GroupListQuery,
  ): Promise<GroupListView> {
    await this.runs.find(runId);
    return toGroupListView(await this.deadLetters.listGroups(runId, page));
  }

  @Get('runs/:runId/dead-letters')
  @ApiOperation({
    summary: 'What has become of the failed items of a run. The items themselves: items?state=failed.',
  })
  @ApiOkResponse({ standardSchema: deadLettersView })
  async letters(
    @Param({ schema: runIdSchema, pipes: [inputPipe] }) { runId }: RunId,
  ): Promise<DeadLettersView> {
    await this.runs.find(runId);
    return toDeadLettersView(
      await this.deadLetters.counts(runId),
      await this.deadLetters.listChildren(runId),
    );
  }

  @Get('runs/:runId/events')
  @ApiOperation({ summary: 'What happened to a run, the oldest first; the newest thousand.' })
  @ApiOkResponse({ standardSchema: eventListView })
  async listEvents(
    @Param({ schema: runIdSchema, pipes: [inputPipe] }) { runId }: RunId,
  ): Promise<EventListView> {
    await this.runs.find(runId);
    return toEventListView(await this.events.listOfRun(runId));
  }

  @Post('runs/:runId/replay')
  @ApiOperation({
    summary: 'Run dead letters of a run again: some lines, a failure group, or all.',
    description:
      "A new run, with the app's now active version and the settings of this run. Its items have the same line numbers as here. " +
      'An item that another run has now is left out, and one that has succeeded when it was replayed, unless "again" is true.',
  })
  @ApiHeader(KEY)
  @ApiCreatedResponse(NEW)
  @ApiOkResponse(EARLIER)
  @ApiConflictResponse({ description: 'There is nothing to replay, or the input is gone.' })
  async replay(
    @Param({ schema: runIdSchema, pipes: [inputPipe] }) { runId }: RunId,
    @Body({ schema: replaySchema, pipes: [inputPipe] }) body: Replay,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StartedRunView> {
    const idempotencyKey = idempotencyKeyOf(request);
    const order = { selection: selectionOf(body), again: body.again, idempotencyKey };
    return answer(reply, await this.replays.replay(runId, order));
  }

  @Post('runs/:runId/rerun')
  @ApiOperation({
    summary: 'Run all items of an ended run again that have not succeeded, also those that never began.',
    description:
      "A new run, with the app's now active version and the settings of this run. What has succeeded when it was run again before is " +
      'left out.',
  })
  @ApiHeader(KEY)
  @ApiCreatedResponse(NEW)
  @ApiOkResponse(EARLIER)
  @ApiConflictResponse({
    description: 'The run, or one that goes over its items again, has not ended; or nothing is left to do.',
  })
  async rerun(
    @Param({ schema: runIdSchema, pipes: [inputPipe] }) { runId }: RunId,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StartedRunView> {
    return answer(reply, await this.replays.rerun(runId, idempotencyKeyOf(request)));
  }
}

function answer(
  reply: FastifyReply,
  { run, isNew }: { readonly run: BatchRun; readonly isNew: boolean },
): StartedRunView {
  void reply.code(isNew ? 201 : 200).header('location', `${RUNS_PATH}/${run.id}`);
  return { runId: run.id, batchId: run.batchId, itemsTotal: run.itemsTotal, state: run.state };
}
