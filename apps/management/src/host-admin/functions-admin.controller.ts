import { Body, Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBadRequestResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { InvalidInputError, NotFoundError } from '#shared/domain/errors.js';
import type { AppVersion, FunctionDefinition } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import { Catalogue } from '../catalogue/catalogue.js';
import { SETTINGS, type Settings } from '../config.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { INVOCATIONS_PATH } from '../dispatch/invocation-paths.js';
import { inputPipe } from '../http/input-pipe.js';
import { publicOrigin } from '../http/public-origin.js';
import { functionMetadata, functionMetadataSchema, type FunctionMetadata } from './function-metadata.js';
import { HostAdminRoutes } from './host-admin-route.js';
import { manualInputOf } from './manual-input.js';

const manualRunSchema = z.object(
  { input: z.json().default('').describe('Text; anything else is handed over as JSON.') },
  'must be an object such as {"input":"…"}: the body is empty or something else',
);

const statusSchema = z.object({ isDisabled: z.boolean() });

type ManualRunBody = z.output<typeof manualRunSchema>;

/** The functions of an app's active version, and running them by hand. */
@HostAdminRoutes()
@Controller('apps/:app/admin/functions')
export class FunctionsAdminController {
  constructor(
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'trustForwardedHeaders'>,
    private readonly catalogue: Catalogue,
    private readonly dispatcher: Dispatcher,
  ) {}

  @Get()
  @ApiOperation({ summary: "The functions of an app's active version, as Azure's host describes them." })
  @ApiOkResponse({ standardSchema: z.array(functionMetadataSchema) })
  list(@Param('app') app: string, @Req() request: FastifyRequest): FunctionMetadata[] {
    const version = this.versionOf(app);
    const origin = this.originOf(request);
    return version.functions.map((definition) => functionMetadata(version, definition, origin));
  }

  @Get(':function')
  @ApiOperation({ summary: 'A function.' })
  @ApiOkResponse({ standardSchema: functionMetadataSchema })
  @ApiNotFoundResponse({ description: 'There is no such app or function. Empty.' })
  read(
    @Param('app') app: string,
    @Param('function') name: string,
    @Req() request: FastifyRequest,
  ): FunctionMetadata {
    const { version, definition } = this.find(app, name);
    return functionMetadata(version, definition, this.originOf(request));
  }

  @Get(':function/status')
  @ApiOperation({
    summary: 'Whether a function is disabled. One that could not be loaded is never in an active version.',
  })
  @ApiOkResponse({ standardSchema: statusSchema })
  status(@Param('app') app: string, @Param('function') name: string): z.output<typeof statusSchema> {
    return { isDisabled: this.find(app, name).definition.disabled };
  }

  @Post(':function')
  @ApiOperation({
    summary: 'Runs a function now.',
    description: 'The run stands in SQL before the answer. Location is its record.',
  })
  @ApiAcceptedResponse({ description: 'It will run. Empty.' })
  @ApiBadRequestResponse({ description: 'The body is empty, or the function can not be run.' })
  @ApiNotFoundResponse({ description: 'There is no such app or function. Empty.' })
  async run(
    @Param('app') app: string,
    @Param('function') name: string,
    @Body({ schema: manualRunSchema, pipes: [inputPipe] }) { input }: ManualRunBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { version, definition } = this.find(app, name);
    if (definition.disabled) throw new InvalidInputError(`The function ${definition.name} is disabled.`);
    const origin = this.originOf(request);
    const id = newId();
    await this.dispatcher.accept([
      {
        id,
        appId: version.appId,
        appVersionId: version.id,
        functionName: definition.name,
        trigger: 'manual',
        input: manualInputOf({ version, definition, input, now: new Date(), origin }),
      },
    ]);
    await reply.code(202).header('location', `${origin}${INVOCATIONS_PATH}/${id}`).send();
  }

  private versionOf(app: string): AppVersion {
    const version = this.catalogue.find(app);
    if (!version) throw new NotFoundError('function app', app);
    return version;
  }

  private find(app: string, name: string): { version: AppVersion; definition: FunctionDefinition } {
    const version = this.versionOf(app);
    const definition = version.functions.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (!definition) throw new NotFoundError('function', name);
    return { version, definition };
  }

  private originOf(request: FastifyRequest): string {
    const origin = publicOrigin(request.headers, this.settings.trustForwardedHeaders);
    if (origin === null) throw new InvalidInputError('The Host header is not a host.');
    return origin;
  }
}
