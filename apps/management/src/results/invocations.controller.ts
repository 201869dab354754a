import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { WaitReason } from '#shared/domain/batch.js';
import { NotFoundError } from '#shared/domain/errors.js';
import { InvocationStore } from '#shared/store/invocation-store.js';
import type { InvocationRecord } from '#shared/store/invocation-store.js';
import { Catalogue } from '../catalogue/catalogue.js';
import { INVOCATIONS_PATH } from '../dispatch/invocation-paths.js';
import { inputPipe } from '../http/input-pipe.js';
import { Matchmaker } from '../placement/matchmaker.js';
import { whyInvocation } from '../placement/why-machines.js';
import { toWhyView, whyView, type WhyView } from '../placement/why-views.js';
import { WhyWork } from '../placement/why-work.js';
import { invocationIdSchema, invocationListSchema } from './invocation-requests.js';
import type { InvocationId, InvocationListQuery } from './invocation-requests.js';
import {
  invocationListView,
  invocationLogsView,
  invocationView,
  toLogs,
  toSummary,
  toView,
} from './invocation-views.js';
import type { InvocationListView, InvocationLogsView, InvocationView } from './invocation-views.js';

/** Invocations read back from SQL. A call that is answered at once appears when its outcome was committed, a moment later. */
@ApiTags('invocations')
@Controller(INVOCATIONS_PATH)
export class InvocationsController {
  constructor(
    private readonly invocations: InvocationStore,
    private readonly catalogue: Catalogue,
    private readonly matchmaker: Matchmaker,
    private readonly whys: WhyWork,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Invocations, the newest first, without their inputs and outputs.' })
  @ApiOkResponse({ standardSchema: invocationListView })
  async list(
    @Query({ schema: invocationListSchema, pipes: [inputPipe] }) query: InvocationListQuery,
  ): Promise<InvocationListView> {
    const filter = { appName: query.app, functionName: query.function, state: query.state };
    const page = await this.invocations.list(filter, { limit: query.limit, after: query.after });
    const rows = page.rows.map(async (record) => toSummary(record, await this.waitReason(record)));
    return { invocations: await Promise.all(rows), next: page.next };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One invocation with its input, output and attempts.' })
  @ApiOkResponse({ standardSchema: invocationView })
  @ApiNotFoundResponse({ description: 'There is no such invocation, or its outcome is not committed yet.' })
  async find(
    @Param({ schema: invocationIdSchema, pipes: [inputPipe] }) { id }: InvocationId,
  ): Promise<InvocationView> {
    const record = await this.record(id);
    return toView(record, await this.waitReason(record));
  }

  @Get(':id/why')
  @ApiOperation({ summary: 'Why a promised invocation is not running yet, in words.' })
  @ApiOkResponse({ standardSchema: whyView })
  @ApiNotFoundResponse({ description: 'There is no such invocation, or its outcome is not committed yet.' })
  async why(
    @Param({ schema: invocationIdSchema, pipes: [inputPipe] }) { id }: InvocationId,
  ): Promise<WhyView> {
    const { state, appName, functionName } = await this.record(id);
    const appId = this.catalogue.find(appName)?.appId;
    if (state !== 'queued' || appId === undefined) {
      const message = state === 'queued' ? 'Nothing is published for its app.' : `It has ended as ${state}.`;
      return toWhyView({
        isHeldUp: state === 'queued',
        reasons: [{ code: state === 'queued' ? 'NO_APP' : 'ENDED', message }],
      });
    }
    return toWhyView(whyInvocation(await this.whys.factsOf({ appId, functionName }, 'interactive')));
  }

  @Get(':id/logs')
  @ApiOperation({ summary: 'What an invocation logged, in order.' })
  @ApiOkResponse({ standardSchema: invocationLogsView })
  @ApiNotFoundResponse({ description: 'There is no such invocation, or its outcome is not committed yet.' })
  async logs(
    @Param({ schema: invocationIdSchema, pipes: [inputPipe] }) { id }: InvocationId,
  ): Promise<InvocationLogsView> {
    return toLogs(await this.record(id), await this.invocations.logs(id));
  }

  private async waitReason({ state, appName, functionName }: InvocationRecord): Promise<WaitReason | null> {
    const appId = state === 'queued' ? this.catalogue.find(appName)?.appId : undefined;
    return appId === undefined ? null : this.matchmaker.whyWaiting({ appId, functionName });
  }

  private async record(id: string): Promise<InvocationRecord> {
    const record = await this.invocations.find(id);
    if (!record) throw new NotFoundError('invocation', id);
    return record;
  }
}
