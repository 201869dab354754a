import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { z } from 'zod';
import {
  containerSettingsBody,
  containerSettingsSchema,
  containerSettingsView,
} from '#shared/contracts/container-settings.js';
import { clampedSettings, type ContainerSettings } from '#shared/domain/container-settings.js';
import { NotFoundError } from '#shared/domain/errors.js';
import type { FunctionApp } from '#shared/domain/function-app.js';
import { OFFLINE_AFTER_SECONDS, type Machine } from '#shared/domain/machine.js';
import { CatalogueStore } from '#shared/store/catalogue-store.js';
import { MachineStore } from '#shared/store/machine-store.js';
import { inputPipe } from '../http/input-pipe.js';
import { parseAppName } from './app-name.js';
import { Catalogue } from './catalogue.js';

const valueSchema = z.union([z.number(), z.string()]);

const answerSchema = z.object({
  app: z.string(),
  settings: containerSettingsView.describe('What is absent is as the settings of each worker say.'),
  clampedOn: z
    .array(
      z.object({
        machine: z.string(),
        settings: z.array(z.object({ setting: z.string(), wanted: valueSchema, given: valueSchema })),
      }),
    )
    .describe("Machines whose own limits are below the app's settings, and what its containers get there."),
});

type Answer = z.output<typeof answerSchema>;

@ApiTags('catalogue')
@Controller('api/v1/apps/:app/container-settings')
export class ContainerSettingsController {
  constructor(
    private readonly store: CatalogueStore,
    private readonly catalogue: Catalogue,
    private readonly machines: MachineStore,
  ) {}

  @Get()
  @ApiOperation({ summary: "What an app's containers may take and reach." })
  @ApiOkResponse({ standardSchema: answerSchema })
  @ApiNotFoundResponse({ description: 'There is no such app.' })
  async read(@Param('app') appName: string): Promise<Answer> {
    const app = await this.store.findAppByName(appName.toLowerCase());
    if (!app) throw new NotFoundError('function app', appName);
    return this.answer(app, await this.store.containerSettings(app.id));
  }

  @Put()
  @ApiOperation({
    summary: "Replaces an app's container settings.",
    description:
      'Containers that run keep what they were made with: new work goes to new ones within seconds, and the old ones are removed ' +
      'when nothing has used them for a while. An app that is not there yet is made, so that already its first package is loaded ' +
      'within these bounds.',
  })
  @ApiOkResponse({ standardSchema: answerSchema })
  @ApiBadRequestResponse({ description: 'A setting is not valid: each is named with its limits.' })
  async replace(
    @Param('app') appName: string,
    @Body({ schema: containerSettingsSchema, pipes: [inputPipe] }) settings: ContainerSettings,
  ): Promise<Answer> {
    const app = await this.store.findOrCreateApp(parseAppName(appName));
    await this.store.setContainerSettings(app.id, settings);
    await this.catalogue.refresh();
    return this.answer(app, settings);
  }

  private async answer(app: FunctionApp, settings: ContainerSettings): Promise<Answer> {
    const machines = await this.machines.list(OFFLINE_AFTER_SECONDS);
    return {
      app: app.name,
      settings: containerSettingsBody(settings),
      clampedOn: machines.flatMap((machine) => clampedOn(machine, settings)),
    };
  }
}

/** A machine that does not say what it gives, or that is gone, is left out. */
function clampedOn(machine: Machine, settings: ContainerSettings): Answer['clampedOn'] {
  if (machine.state === 'offline' || machine.containerCaps === undefined) return [];
  const clamped = clampedSettings(settings, machine.containerCaps);
  return clamped.length === 0 ? [] : [{ machine: machine.name, settings: [...clamped] }];
}
