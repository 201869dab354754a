import { Controller, Inject, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiAcceptedResponse,
  ApiBadRequestResponse,
  ApiBody,
  ApiConflictResponse,
  ApiConsumes,
  ApiOkResponse,
  ApiOperation,
  ApiPayloadTooLargeResponse,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { parseAppName } from '../catalogue/app-name.js';
import { SETTINGS, type Settings } from '../config.js';
import { STREAMED_BODY } from '../http/body-parsing.js';
import { inputPipe } from '../http/input-pipe.js';
import { Publisher } from './publisher.js';
import { deploymentsUrl } from './publishing-urls.js';

/** Clients poll each few seconds anyway. */
const RETRY_AFTER_SECONDS = 3;

/** `?isAsync` alone is yes, as clients write it. */
const yesOrNo = z
  .string()
  .transform((text) => (text === '' ? 'true' : text))
  .pipe(z.stringbool());

const zipDeploySchema = z.object({
  isAsync: yesOrNo.default(false).describe('Answer 202 once the package has arrived.'),
  deployer: z.string().max(200).default('zip'),
  author: z.string().max(200).default(''),
  message: z.string().max(2000).default(''),
  app: z.string().optional().describe('The function app, where the path does not name it.'),
});

type ZipDeployQuery = z.output<typeof zipDeploySchema>;

const ZipDeployRoute = (): MethodDecorator => (target, key, descriptor) => {
  for (const decorate of ROUTE_DECORATORS) decorate(target, key, descriptor as PropertyDescriptor);
};

const ROUTE_DECORATORS: readonly MethodDecorator[] = [
  RouteConfig(STREAMED_BODY),
  ApiOperation({
    summary: 'Publishes a function app: the body is its zip.',
    description:
      'The package is checked, a worker looks for its functions, and it becomes the active version in one step. Whatever ' +
      'Content-Type and Content-Encoding say, the body is taken as the zip. A package that is not right is refused with ' +
      'what is wrong, and the version that runs is left alone.',
  }),
  ApiConsumes('application/zip'),
  ApiBody({ schema: { type: 'string', format: 'binary' }, required: true }),
  ApiOkResponse({ description: 'The version is active. Empty.' }),
  ApiAcceptedResponse({ description: 'With isAsync: Location says where to ask how it goes.' }),
  ApiBadRequestResponse({ description: 'The package is not right; the answer says why.' }),
  ApiConflictResponse({ description: 'A deployment of this app is under way.' }),
  ApiPayloadTooLargeResponse({ description: 'The package is over maxPackageBytes.' }),
  ApiServiceUnavailableResponse({ description: 'No worker answered.' }),
];

/** Kudu's zip deploy, with the app in the path or without it. */
@ApiTags('publishing')
@Controller()
export class ZipDeployController {
  constructor(
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'defaultApp' | 'trustForwardedHeaders'>,
    private readonly publisher: Publisher,
  ) {}

  @Post('apps/:app/api/zipdeploy')
  @ZipDeployRoute()
  postForApp(
    @Param('app') app: string,
    @Query({ schema: zipDeploySchema, pipes: [inputPipe] }) query: ZipDeployQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.deploy(app, query, request, reply);
  }

  @Put('apps/:app/api/zipdeploy')
  @ZipDeployRoute()
  putForApp(
    @Param('app') app: string,
    @Query({ schema: zipDeploySchema, pipes: [inputPipe] }) query: ZipDeployQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.deploy(app, query, request, reply);
  }

  @Post('api/zipdeploy')
  @ZipDeployRoute()
  post(
    @Query({ schema: zipDeploySchema, pipes: [inputPipe] }) query: ZipDeployQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.deploy(query.app ?? this.settings.defaultApp, query, request, reply);
  }

  @Put('api/zipdeploy')
  @ZipDeployRoute()
  put(
    @Query({ schema: zipDeploySchema, pipes: [inputPipe] }) query: ZipDeployQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.deploy(query.app ?? this.settings.defaultApp, query, request, reply);
  }

  private async deploy(
    appName: string,
    query: ZipDeployQuery,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const app = parseAppName(appName);
    const { deployer, author, message, isAsync } = query;
    const url = deploymentsUrl(request, app, this.settings.trustForwardedHeaders);
    const received = await this.publisher.receive({ app, deployer, author, message }, request.raw);
    void reply.header('scm-deployment-id', received.deployment.id);
    if (isAsync) {
      this.publisher.finishLater(received);
      const time = encodeURIComponent(new Date().toISOString());
      void reply
        .header('location', `${url}/latest?deployer=${encodeURIComponent(deployer)}&time=${time}`)
        .header('retry-after', RETRY_AFTER_SECONDS);
    } else {
      await this.publisher.finish(received);
    }
    await reply.code(isAsync ? 202 : 200).send();
  }
}
