import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { z } from 'zod';
import { NotFoundError } from '#shared/domain/errors.js';
import type { FunctionApp } from '#shared/domain/function-app.js';
import { CatalogueStore } from '#shared/store/catalogue-store.js';
import { callerOf } from '../access/presented-key.js';
import { parseAppName } from '../catalogue/app-name.js';
import { SETTINGS, type Settings } from '../config.js';
import { inputPipe } from '../http/input-pipe.js';
import { AppSettings } from './app-settings.js';
import { settingsMap } from './settings-body.js';

const whichSchema = z.object({ app: z.string().optional() });
type Which = z.output<typeof whichSchema>;
type RequestHeaders = Readonly<Record<string, string | undefined>>;

/**
 * Settings as Kudu has them, for tools of deployment. They read back what they have set for their build and take it away again;
 * they ask for all values and print them, so that what may be a secret is not among the answers at all: a placeholder would be
 * written back by those that change what they read.
 */
@ApiTags('publishing')
@Controller()
export class KuduSettingsController {
  constructor(
    @Inject(SETTINGS) private readonly configured: Pick<Settings, 'defaultApp'>,
    private readonly settings: AppSettings,
    private readonly apps: CatalogueStore,
  ) {}

  @Get(['apps/:app/api/settings', 'api/settings'])
  @ApiOperation({ summary: "Those of an app's settings that tools of deployment read back; no others." })
  @ApiOkResponse({ standardSchema: z.record(z.string(), z.string()) })
  async list(
    @Param('app') appOfPath: string | undefined,
    @Query({ schema: whichSchema, pipes: [inputPipe] }) query: Which,
  ): Promise<Record<string, string>> {
    const app = await this.apps.findAppByName(this.nameOf(appOfPath, query));
    // A tool asks before it publishes for the first time.
    if (!app) return {};
    const { settings } = await this.settings.list(app.id);
    return Object.fromEntries(
      settings.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
    );
  }

  @Post(['apps/:app/api/settings', 'api/settings'])
  @HttpCode(204)
  @ApiOperation({ summary: "Changes some of an app's settings; what is not named stays." })
  @ApiNoContentResponse({ description: 'They are set.' })
  @ApiBadRequestResponse({ description: 'A name or value is not valid: each is named with its limits.' })
  async set(
    @Param('app') appOfPath: string | undefined,
    @Query({ schema: whichSchema, pipes: [inputPipe] }) query: Which,
    @Body({ schema: settingsMap, pipes: [inputPipe] }) body: z.output<typeof settingsMap>,
    @Headers() headers: RequestHeaders,
  ): Promise<void> {
    const app = await this.apps.findOrCreateApp(this.nameOf(appOfPath, query));
    await this.settings.change(app, body, 'merge', callerOf(headers));
  }

  @Delete(['apps/:app/api/settings/:key', 'api/settings/:key'])
  @HttpCode(204)
  @ApiOperation({ summary: 'Removes one setting.' })
  @ApiNoContentResponse({ description: 'It is gone, or never was.' })
  @ApiNotFoundResponse({ description: 'There is no such app.' })
  async remove(
    @Param('app') appOfPath: string | undefined,
    @Param('key') key: string,
    @Query({ schema: whichSchema, pipes: [inputPipe] }) query: Which,
    @Headers() headers: RequestHeaders,
  ): Promise<void> {
    const app = await this.find(this.nameOf(appOfPath, query));
    await this.settings.change(app, { [key]: null }, 'merge', callerOf(headers));
  }

  private nameOf(appOfPath: string | undefined, { app }: Which): string {
    return parseAppName(appOfPath ?? app ?? this.configured.defaultApp);
  }

  private async find(name: string): Promise<FunctionApp> {
    const app = await this.apps.findAppByName(name);
    if (!app) throw new NotFoundError('function app', name);
    return app;
  }
}
