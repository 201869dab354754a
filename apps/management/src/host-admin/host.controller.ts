import { hostname } from 'node:os';
import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { z } from 'zod';
import { NotFoundError } from '#shared/domain/errors.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { WorkQueue } from '#shared/queue/work-queue.js';
import { AppSettings } from '../app-settings/app-settings.js';
import { Catalogue } from '../catalogue/catalogue.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { HostAdminRoutes } from './host-admin-route.js';

const statusSchema = z.object({
  id: z.string().describe("The app's name."),
  state: z.enum(['Running', 'Error']),
  version: z.string().describe('The major version of the Functions runtime whose apps are run.'),
  versionDetails: z.string().describe('The active version of the app.'),
  computerName: z.string(),
  processUptime: z.number().int().describe('Of this instance of management. Milliseconds.'),
  errors: z.array(z.string()).optional(),
});

const syncedSchema = z.object({ status: z.literal('success') });

/** How long a container that was got ready by request is expected to be waited for. */
const WARM_FOR_MS = 60_000;

/** An app's host, as Azure's clients know it. Here it is this management and every machine that runs the app. */
@HostAdminRoutes()
@Controller('apps/:app/admin')
export class HostController {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly queue: WorkQueue,
    private readonly dispatcher: Dispatcher,
    private readonly settings: AppSettings,
  ) {}

  @Get('host/status')
  @ApiOperation({
    summary: 'Whether calls of the app can be taken.',
    description:
      'State is Error while Redis does not answer: errors says so, and calls are refused meanwhile.',
  })
  @ApiOkResponse({ standardSchema: statusSchema })
  @ApiNotFoundResponse({ description: 'The app has no active version. Empty.' })
  async status(@Param('app') app: string): Promise<z.output<typeof statusSchema>> {
    const version = this.versionOf(app);
    const trouble = await this.queue.check().then(
      () => null,
      (error: unknown) => (error as Error).message,
    );
    return {
      id: version.appName,
      state: trouble === null ? 'Running' : 'Error',
      version: '4.0',
      versionDetails: version.id,
      computerName: hostname(),
      processUptime: Math.round(process.uptime() * 1000),
      ...(trouble !== null && { errors: [trouble] }),
    };
  }

  @Post('host/synctriggers')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Reads the triggers of all apps again.',
    description:
      'Here before the answer. It is never needed: every instance follows a publication within a second.',
  })
  @ApiOkResponse({ standardSchema: syncedSchema })
  async syncTriggers(@Param('app') app: string): Promise<z.output<typeof syncedSchema>> {
    this.versionOf(app);
    await this.catalogue.refresh();
    return { status: 'success' };
  }

  @Post('host/restart')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Gives the app new containers. Empty.',
    description:
      'Machines follow within seconds: what comes then goes to new containers. What runs comes to its end where it is, and containers ' +
      'that are idle are removed.',
  })
  async restart(@Param('app') app: string): Promise<void> {
    const { appId, appName } = this.versionOf(app);
    await this.settings.restart({ id: appId, name: appName }, 'host/restart');
  }

  @Get('warmup')
  @ApiOperation({
    summary: 'Has a container of the app got ready, so that the next call does not wait for one. Empty.',
  })
  async warmUp(@Param('app') app: string): Promise<void> {
    const version = this.versionOf(app);
    const names = version.functions.filter(({ disabled }) => !disabled).map(({ name }) => name);
    const dueAt = new Date(Date.now() + WARM_FOR_MS);
    await this.dispatcher.warmUp({ appId: version.appId, appVersionId: version.id }, names, dueAt);
  }

  @Post('warmup')
  @HttpCode(200)
  @ApiOperation({ summary: 'As GET.' })
  postWarmUp(@Param('app') app: string): Promise<void> {
    return this.warmUp(app);
  }

  private versionOf(app: string): AppVersion {
    const version = this.catalogue.find(app);
    if (!version) throw new NotFoundError('function app', app);
    return version;
  }
}
