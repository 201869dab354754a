import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotFoundError } from '#shared/domain/errors.js';
import { CatalogueStore } from '#shared/store/catalogue-store.js';
import { InvocationStore } from '#shared/store/invocation-store.js';
import type { InvocationRecord } from '#shared/store/invocation-store.js';
import { OpenToAll } from '../access/open-to-all.decorator.js';
import { replyFrom } from '../dispatch/call-result.js';
import {
  INVOCATIONS_PATH,
  invocationResponsePath,
  invocationStatusPath,
} from '../dispatch/invocation-paths.js';
import { inputPipe } from '../http/input-pipe.js';
import { responseOf, withHeaders } from '../triggers/http/function-response.js';
import type { PlainResponse } from '../triggers/http/function-response.js';
import { sendResponse } from '../triggers/http/send-response.js';
import { invocationIdSchema } from './invocation-requests.js';
import type { InvocationId } from './invocation-requests.js';
import { invocationStatusView, toStatus } from './invocation-views.js';
import type { InvocationStatusView } from './invocation-views.js';

/** How soon it is worth asking again. */
const RETRY_AFTER_SECONDS = 1;

/**
 * For a client that was told 202: how its call stands, and the response that the function gave in the end.
 *
 * Open to all, since the callers of functions have no key for the API: who knows the id, of which 74 bits are random, made
 * the call or was told of it. Only HTTP calls can be asked for; everything else takes the API's key.
 */
@ApiTags('invocations')
@OpenToAll()
@ApiNotFoundResponse({ description: 'There is no such HTTP call, or no response of it is kept.' })
@Controller(INVOCATIONS_PATH)
export class CallStatusController {
  constructor(
    private readonly invocations: InvocationStore,
    private readonly catalogue: CatalogueStore,
  ) {}

  @Get(':id/status')
  @ApiOperation({ summary: 'How an HTTP call stands that was answered with 202.' })
  @ApiOkResponse({
    standardSchema: invocationStatusView,
    description: 'It has ended, well or not: see state.',
  })
  @ApiAcceptedResponse({
    standardSchema: invocationStatusView,
    description: 'It goes on: ask again after Retry-After.',
  })
  async status(
    @Param({ schema: invocationIdSchema, pipes: [inputPipe] }) { id }: InvocationId,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InvocationStatusView> {
    const record = await this.httpCall(id);
    void reply.header('cache-control', 'no-store').code(record.state === 'queued' ? 202 : 200);
    if (record.state === 'queued') askAgain(id, reply);
    return toStatus(record, invocationResponsePath(id));
  }

  @Get(':id/response')
  @ApiOperation({
    summary: 'The response of an HTTP call that was answered with 202, as the function gave it.',
    description:
      "Status, headers and body are the function's own; a call that failed is 500 with an empty body, one that timed out 504, one " +
      'that was given up 503. While it goes on the answer is that of /status: 202.',
  })
  @ApiOkResponse({ description: 'Whatever the function answered, with its own status.' })
  @ApiAcceptedResponse({
    standardSchema: invocationStatusView,
    description: 'It goes on: ask again after Retry-After.',
  })
  async response(
    @Param({ schema: invocationIdSchema, pipes: [inputPipe] }) { id }: InvocationId,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const record = await this.httpCall(id);
    if (record.state === 'queued') {
      askAgain(id, reply);
      await reply.code(202).send(toStatus(record, invocationResponsePath(id)));
      return;
    }
    const response = await this.storedResponse(record);
    void reply.hijack();
    sendResponse(request.raw, reply.raw, response);
  }

  private async storedResponse(record: InvocationRecord): Promise<PlainResponse> {
    const reply = replyFrom(record);
    if (!reply || record.outputTruncated) {
      throw new NotFoundError('kept response (it was larger than what is kept) of the call', record.id);
    }
    const version = await this.catalogue.findVersion(record.appVersionId);
    return withHeaders(responseOf(reply), Object.entries(version?.host.http.customHeaders ?? {}));
  }

  private async httpCall(id: string): Promise<InvocationRecord> {
    const record = await this.invocations.find(id);
    if (record?.trigger !== 'http') throw new NotFoundError('HTTP call', id);
    return record;
  }
}

function askAgain(id: string, reply: FastifyReply): void {
  void reply.header('retry-after', RETRY_AFTER_SECONDS).header('location', invocationStatusPath(id));
}
