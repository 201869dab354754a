import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpException,
  Param,
  Post,
  Put,
  Req,
  Res,
} from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiPreconditionFailedResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '../../access/presented-key.js';
import { inputPipe } from '../../http/input-pipe.js';
import { asItIs } from './as-it-is.js';
import { BatchDefinitions, type OtherVersion } from './batch-definitions.js';
import { batchPathSchema, definitionBodySchema, pauseSchema } from './definition-requests.js';
import type { BatchPath, PauseBody } from './definition-requests.js';
import { definitionView, toDefinitionView } from './definition-views.js';
import type { DefinitionView } from './definition-views.js';
import { versionCondition, versionTag } from './version-condition.js';

const IF_MATCH = {
  name: 'If-Match',
  required: false,
  description: 'The version (ETag) that the change was made from; 412 when it is no longer the newest.',
};

@ApiTags('batch definitions')
@ApiNotFoundResponse({ description: 'There is no such app, or nothing is defined by this name.' })
@Controller('api/v1/apps/:app/batches/:name')
export class BatchDefinitionsController {
  constructor(private readonly definitions: BatchDefinitions) {}

  @Get()
  @ApiOperation({ summary: 'The definition of a batch that holds now; its version is the ETag.' })
  @ApiOkResponse({ standardSchema: definitionView })
  async show(
    @Param({ schema: batchPathSchema, pipes: [inputPipe] }) path: BatchPath,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DefinitionView> {
    const batch = await this.definitions.find(path);
    void reply.header('etag', versionTag(batch.version));
    return toDefinitionView(batch);
  }

  @Put()
  @ApiOperation({
    summary: 'Defines a batch, or replaces its definition: all of it, so send what stays too.',
    description:
      'What holds already makes no new version, so that the same request may be sent again. The function must exist in the active ' +
      'version of the app and its trigger must fit the input; a calendar and the batches that are named must be there; ' +
      'dependencies must not go round in a circle. Runs that are there keep what they were made with.',
  })
  @ApiHeader(IF_MATCH)
  @ApiHeader({ name: 'If-None-Match', required: false, description: '*: only if there is none yet.' })
  @ApiCreatedResponse({ standardSchema: definitionView, description: 'It is new.' })
  @ApiOkResponse({ standardSchema: definitionView, description: 'A new version, or the same as before.' })
  @ApiBadRequestResponse({
    description: 'It is not right: each detail names a field, its limit and what to do.',
  })
  @ApiConflictResponse({
    description: 'The function is disabled, or nothing has been published for the app.',
  })
  @ApiPreconditionFailedResponse({ description: 'Somebody else changed it first.' })
  async put(
    @Param({ schema: batchPathSchema, pipes: [inputPipe] }) path: BatchPath,
    @Body({ schema: definitionBodySchema, pipes: [asItIs] })
    body: Readonly<Record<string, unknown>> | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DefinitionView> {
    const expected = await this.expectedVersion(path, request);
    const outcome = await this.definitions.put(path, body ?? {}, callerOf(request.headers), expected);
    if (outcome.kind === 'otherVersion') throw preconditionFailed(outcome);
    void reply.code(outcome.kind === 'created' ? 201 : 200).header('etag', versionTag(outcome.batch.version));
    return toDefinitionView(outcome.batch);
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Removes a definition. Its versions and runs stay; runs that go on go on.' })
  @ApiHeader(IF_MATCH)
  @ApiNoContentResponse()
  @ApiConflictResponse({ description: 'Other batches wait for it or take its results: they are named.' })
  @ApiPreconditionFailedResponse({ description: 'Somebody else changed it first.' })
  async remove(
    @Param({ schema: batchPathSchema, pipes: [inputPipe] }) path: BatchPath,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    const outdated = await this.definitions.remove(path, await this.expectedVersion(path, request));
    if (outdated) throw preconditionFailed(outdated);
  }

  @Post('pause')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Pauses a batch: its schedule and dependencies start nothing until it is resumed.',
    description: 'Runs that are there go on, and a run may still be asked for.',
  })
  @ApiOkResponse({ standardSchema: definitionView })
  async pause(
    @Param({ schema: batchPathSchema, pipes: [inputPipe] }) path: BatchPath,
    @Body({ schema: pauseSchema, pipes: [inputPipe] }) { note }: PauseBody,
    @Req() request: FastifyRequest,
  ): Promise<DefinitionView> {
    return toDefinitionView(await this.definitions.pause(path, callerOf(request.headers), note));
  }

  @Post('resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Resumes a batch. What was planned during the pause is not caught up.' })
  @ApiOkResponse({ standardSchema: definitionView })
  async resume(
    @Param({ schema: batchPathSchema, pipes: [inputPipe] }) path: BatchPath,
  ): Promise<DefinitionView> {
    return toDefinitionView(await this.definitions.resume(path));
  }

  private async expectedVersion(path: BatchPath, { headers }: FastifyRequest): Promise<number | undefined> {
    const condition = versionCondition(headers);
    return condition === 'any' ? (await this.definitions.find(path)).version : condition;
  }
}

/** Also used for calendars, which have versions in the same manner. */
export function preconditionFailed({ version }: OtherVersion): HttpException {
  const found = version === null ? 'there is none' : `the newest version is ${version}`;
  return new HttpException(
    `It is not the version that the change was made from: ${found}. Read it again.`,
    412,
  );
}
