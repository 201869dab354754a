import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Deployment } from '#shared/domain/deployment.js';
import { NotFoundError } from '#shared/domain/errors.js';
import type { FunctionApp } from '#shared/domain/function-app.js';
import { CatalogueStore } from '#shared/store/catalogue-store.js';
import { DeploymentStore } from '#shared/store/deployment-store.js';
import { SETTINGS, type Settings } from '../config.js';
import { inputPipe } from '../http/input-pipe.js';
import { deployResultView, isUnderWay, logEntryView, toDeployResult, toLog } from './deploy-result.js';
import type { DeployResult, LogEntry } from './deploy-result.js';
import { deploymentsUrl } from './publishing-urls.js';

const RETRY_AFTER_SECONDS = 3;
const LIST_LIMIT = 50;
const LATEST = 'latest';

const whichSchema = z.object({ app: z.string().optional() });
type Which = z.output<typeof whichSchema>;

/** Kudu's deployments, read back. The same routes stand below `/apps/{app}`; without it the app is `?app=` or the default one. */
@ApiTags('publishing')
@Controller()
export class DeploymentsController {
  constructor(
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'defaultApp' | 'trustForwardedHeaders'>,
    private readonly apps: CatalogueStore,
    private readonly deployments: DeploymentStore,
  ) {}

  @Get(['apps/:app/api/deployments', 'api/deployments'])
  @ApiOperation({ summary: "An app's deployments, the newest first." })
  @ApiOkResponse({ standardSchema: z.array(deployResultView) })
  async list(
    @Param('app') appOfPath: string | undefined,
    @Query({ schema: whichSchema, pipes: [inputPipe] }) query: Which,
    @Req() request: FastifyRequest,
  ): Promise<DeployResult[]> {
    const app = await this.findApp(appOfPath ?? query.app);
    const deployments = await this.deployments.list(app.id, LIST_LIMIT);
    return deployments.map((deployment) => this.toResult(deployment, app, request));
  }

  @Get(['apps/:app/api/deployments/:id', 'api/deployments/:id'])
  @ApiOperation({ summary: 'A deployment, by its id or as "latest".' })
  @ApiOkResponse({ standardSchema: deployResultView, description: 'It has ended, well or not: see status.' })
  @ApiAcceptedResponse({ standardSchema: deployResultView, description: 'It goes on: ask Location again.' })
  @ApiNotFoundResponse({ description: 'There is no such deployment.' })
  async find(
    @Param('app') appOfPath: string | undefined,
    @Param('id') id: string,
    @Query({ schema: whichSchema, pipes: [inputPipe] }) query: Which,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeployResult> {
    const app = await this.findApp(appOfPath ?? query.app);
    const deployment = await this.findDeployment(app, id);
    const result = this.toResult(deployment, app, request);
    if (isUnderWay(deployment)) {
      void reply.code(202).header('location', result.url).header('retry-after', RETRY_AFTER_SECONDS);
    }
    return result;
  }

  @Get(['apps/:app/api/deployments/:id/log', 'api/deployments/:id/log'])
  @ApiOperation({
    summary: 'What happened in a deployment, and what is wrong with a package that was refused.',
  })
  @ApiOkResponse({ standardSchema: z.array(logEntryView) })
  @ApiNotFoundResponse({ description: 'There is no such deployment.' })
  async log(
    @Param('app') appOfPath: string | undefined,
    @Param('id') id: string,
    @Query({ schema: whichSchema, pipes: [inputPipe] }) query: Which,
  ): Promise<LogEntry[]> {
    const app = await this.findApp(appOfPath ?? query.app);
    return toLog(await this.findDeployment(app, id));
  }

  private async findApp(name: string | undefined): Promise<FunctionApp> {
    const wanted = name ?? this.settings.defaultApp;
    const app = await this.apps.findAppByName(wanted.toLowerCase());
    if (!app) throw new NotFoundError('function app', wanted);
    return app;
  }

  private async findDeployment(app: FunctionApp, id: string): Promise<Deployment> {
    const deployment = id === LATEST ? await this.deployments.findLatest(app.id) : await this.findById(id);
    if (deployment?.appId !== app.id) throw new NotFoundError('deployment', id);
    return deployment;
  }

  private async findById(id: string): Promise<Deployment | null> {
    return z.uuid().safeParse(id).success ? this.deployments.find(id) : null;
  }

  private toResult(deployment: Deployment, app: FunctionApp, request: FastifyRequest): DeployResult {
    const url = deploymentsUrl(request, app.name, this.settings.trustForwardedHeaders);
    return toDeployResult(deployment, url, app.activeVersionId);
  }
}
