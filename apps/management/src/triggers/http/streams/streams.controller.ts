import {
  ConflictException,
  Controller,
  Get,
  GoneException,
  NotFoundException,
  Param,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConflictResponse,
  ApiGoneResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { STREAM_ROUTE } from '#shared/contracts/http-streams.js';
import { OpenToAll } from '../../../access/open-to-all.decorator.js';
import { bearerTokenOf } from '../../../access/presented-key.js';
import { STREAMED_BODY } from '../../../http/body-parsing.js';
import { inputPipe } from '../../../http/input-pipe.js';
import type { Admission, OpenStream } from './open-stream.js';
import { OpenStreams } from './open-streams.js';

const querySchema = z.object({ try: z.uuid() });
type StreamQuery = z.output<typeof querySchema>;

const NOT_HERE =
  'There is no such streamed call here: it is over, or another instance holds its client (setting instanceUrl).';

/** The workers' end of streamed calls, opened by each call's own token (see `contracts/http-streams.ts`). */
@ApiTags('workers')
@ApiBearerAuth()
@ApiNotFoundResponse({ description: NOT_HERE })
@ApiConflictResponse({ description: 'Another try has the call.' })
@ApiGoneResponse({ description: 'The call can not be tried any more.' })
@OpenToAll()
@Controller(STREAM_ROUTE)
export class StreamsController {
  constructor(private readonly streams: OpenStreams) {}

  @Get(':id/request')
  @ApiOperation({ summary: 'Claims a streamed call; the answer is the body of its request, as it comes.' })
  @ApiOkResponse({ description: 'The body.' })
  readRequest(
    @Param('id') id: string,
    @Query({ schema: querySchema, pipes: [inputPipe] }) query: StreamQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    this.admit(id, request, (stream) => stream.sendRequest(query.try, reply.raw));
    reply.hijack();
  }

  @Post(':id/response')
  @RouteConfig(STREAMED_BODY)
  @ApiOperation({
    summary: 'Answers a streamed call: a line of JSON that says how, then the body as it comes.',
  })
  @ApiBody({ schema: { type: 'string', format: 'binary' }, required: true })
  @ApiNoContentResponse({ description: 'The client has got all of it.' })
  writeResponse(
    @Param('id') id: string,
    @Query({ schema: querySchema, pipes: [inputPipe] }) query: StreamQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const done = (): void => void reply.raw.writeHead(204).end();
    this.admit(id, request, (stream) => stream.takeResponse(query.try, request.raw, done));
    reply.hijack();
  }

  private admit(id: string, request: FastifyRequest, enter: (stream: OpenStream) => Admission): void {
    const stream = this.streams.find(id, bearerTokenOf(request.headers) ?? '');
    if (!stream) throw new NotFoundException(NOT_HERE);
    const admission = enter(stream);
    if (admission === 'busy') throw new ConflictException('Another try has the call.');
    if (admission === 'over') throw new GoneException('The call can not be tried any more.');
  }
}
