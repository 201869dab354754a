import { Body, Controller, ForbiddenException, Header, HttpCode, Post, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiForbiddenResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import type { z } from 'zod';
import {
  APP_SETTINGS_ROUTE,
  appSettingsAnswerSchema,
  appSettingsRequestSchema,
  type AppSettingsAnswer,
} from '#shared/contracts/worker-api.js';
import { OpenToAll } from '../access/open-to-all.decorator.js';
import { WorkerGuard } from '../access/worker-guard.js';
import { inputPipe } from '../http/input-pipe.js';
import { AppSettings } from './app-settings.js';
import { GrantReader } from './grant-reader.js';

/** Settings for workers: by their own key, which can be revoked, and only of apps that they were given work of. */
@ApiTags('workers')
@OpenToAll()
@Controller()
export class WorkerSettingsController {
  constructor(
    private readonly settings: AppSettings,
    private readonly grants: GrantReader,
  ) {}

  @Post(APP_SETTINGS_ROUTE)
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @UseGuards(WorkerGuard)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'The settings of the app that a grant, which came with a job, is for.' })
  @ApiOkResponse({ standardSchema: appSettingsAnswerSchema })
  @ApiUnauthorizedResponse({ description: 'The key of the machine is missing, unknown or revoked.' })
  @ApiForbiddenResponse({ description: 'The grant is none of this installation, or has expired.' })
  async read(
    @Body({ schema: appSettingsRequestSchema, pipes: [inputPipe] })
    { grant }: z.output<typeof appSettingsRequestSchema>,
  ): Promise<AppSettingsAnswer> {
    const appId = this.grants.appOf(grant);
    if (appId === null)
      throw new ForbiddenException('The grant is none of this installation, or it has expired.');
    const { revision, values } = await this.settings.open(appId);
    return { revision, settings: Object.fromEntries(values) };
  }
}
