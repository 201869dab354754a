import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Put } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { z } from 'zod';
import { settingKey } from '#shared/domain/app-setting.js';
import { NotFoundError } from '#shared/domain/errors.js';
import type { FunctionApp } from '#shared/domain/function-app.js';
import { CatalogueStore } from '#shared/store/catalogue-store.js';
import { callerOf } from '../access/presented-key.js';
import { parseAppName } from '../catalogue/app-name.js';
import { inputPipe } from '../http/input-pipe.js';
import { AppSettings } from './app-settings.js';
import {
  settingBody,
  settingsView,
  settingView,
  type SettingBody,
  type SettingsBody,
} from './setting-views.js';
import { patchedSettings, settingsMap } from './settings-body.js';

const valueSchema = z.strictObject({ value: z.string('must be text') });
const rotationView = z.object({ keyId: z.string(), resealed: z.number().int() });

type RequestHeaders = Readonly<Record<string, string | undefined>>;

@ApiTags('catalogue')
@Controller('api/v1')
export class AppSettingsController {
  constructor(
    private readonly settings: AppSettings,
    private readonly apps: CatalogueStore,
  ) {}

  @Get('apps/:app/settings')
  @ApiOperation({
    summary: "An app's settings: their names, and when and by whom they were changed.",
    description: 'Values are written only, but for those that tools of deployment read back.',
  })
  @ApiOkResponse({ standardSchema: settingsView })
  @ApiNotFoundResponse({ description: 'There is no such app.' })
  async list(@Param('app') appName: string): Promise<SettingsBody> {
    return this.bodyOf(await this.find(appName));
  }

  @Put('apps/:app/settings')
  @ApiOperation({
    summary: "Replaces all of an app's settings.",
    description:
      'The body is a map of names and values. New work goes to new containers within seconds; what runs keeps what it was started ' +
      'with. An app that is not there yet is made, so that already its first package finds its settings.',
  })
  @ApiOkResponse({ standardSchema: settingsView })
  @ApiBadRequestResponse({ description: 'A name or value is not valid: each is named with its limits.' })
  async replace(
    @Param('app') appName: string,
    @Body({ schema: settingsMap, pipes: [inputPipe] }) body: z.output<typeof settingsMap>,
    @Headers() headers: RequestHeaders,
  ): Promise<SettingsBody> {
    const app = await this.apps.findOrCreateApp(parseAppName(appName));
    await this.settings.change(app, body, 'replace', callerOf(headers));
    return this.bodyOf(app);
  }

  @Patch('apps/:app/settings')
  @ApiOperation({
    summary: "Changes some of an app's settings.",
    description: 'The body is a map of names and values; null removes a setting. What is not named stays.',
  })
  @ApiOkResponse({ standardSchema: settingsView })
  @ApiBadRequestResponse({ description: 'A name or value is not valid: each is named with its limits.' })
  async change(
    @Param('app') appName: string,
    @Body({ schema: patchedSettings, pipes: [inputPipe] }) body: z.output<typeof patchedSettings>,
    @Headers() headers: RequestHeaders,
  ): Promise<SettingsBody> {
    const app = await this.apps.findOrCreateApp(parseAppName(appName));
    await this.settings.change(app, body, 'merge', callerOf(headers));
    return this.bodyOf(app);
  }

  @Get('apps/:app/settings/:name')
  @ApiOperation({ summary: 'One setting, without its value unless tools of deployment read that back.' })
  @ApiOkResponse({ standardSchema: settingView })
  @ApiNotFoundResponse({ description: 'There is no such app or setting.' })
  async read(@Param('app') appName: string, @Param('name') name: string): Promise<SettingBody> {
    const app = await this.find(appName);
    const { settings } = await this.settings.list(app.id);
    const found = settings.find((one) => settingKey(one.name) === settingKey(name));
    if (!found) throw new NotFoundError('app setting', name);
    return { app: app.name, ...settingBody(found) };
  }

  @Put('apps/:app/settings/:name')
  @ApiOperation({ summary: 'Sets one setting.' })
  @ApiOkResponse({ standardSchema: settingView })
  @ApiBadRequestResponse({ description: 'The name or the value is not valid.' })
  async set(
    @Param('app') appName: string,
    @Param('name') name: string,
    @Body({ schema: valueSchema, pipes: [inputPipe] }) { value }: z.output<typeof valueSchema>,
    @Headers() headers: RequestHeaders,
  ): Promise<SettingBody> {
    const app = await this.apps.findOrCreateApp(parseAppName(appName));
    await this.settings.change(app, { [name]: value }, 'merge', callerOf(headers));
    return this.read(app.name, name);
  }

  @Delete('apps/:app/settings/:name')
  @HttpCode(204)
  @ApiOperation({ summary: 'Removes one setting.' })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiNotFoundResponse({ description: 'There is no such app or setting.' })
  async remove(
    @Param('app') appName: string,
    @Param('name') name: string,
    @Headers() headers: RequestHeaders,
  ): Promise<void> {
    const app = await this.find(appName);
    await this.read(app.name, name);
    await this.settings.change(app, { [name]: null }, 'merge', callerOf(headers));
  }

  @Post('settings-key/rotation')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Seals all settings of all apps anew, by the first key of the setting settingsKey.',
    description:
      'Afterwards the older keys can be taken out of it. Values stay as they are, and so do containers.',
  })
  @ApiOkResponse({ standardSchema: rotationView })
  rotate(): Promise<z.output<typeof rotationView>> {
    return this.settings.rotate();
  }

  private async find(appName: string): Promise<FunctionApp> {
    const app = await this.apps.findAppByName(appName.toLowerCase());
    if (!app) throw new NotFoundError('function app', appName);
    return app;
  }

  private async bodyOf(app: FunctionApp): Promise<SettingsBody> {
    const { revision, settings } = await this.settings.list(app.id);
    return { app: app.name, revision, settings: settings.map(settingBody) };
  }
}
