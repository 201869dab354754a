import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Req } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { NotFoundError } from '#shared/domain/errors.js';
import { placementKey, type Placement, type PlacementKey } from '#shared/domain/placement.js';
import { CatalogueStore } from '#shared/store/catalogue-store.js';
import { PlacementStore } from '#shared/store/placement-store.js';
import { callerOf } from '../access/presented-key.js';
import { parseAppName } from '../catalogue/app-name.js';
import { Catalogue } from '../catalogue/catalogue.js';
import { DispatchSettings } from '../dispatch/dispatch-settings.js';
import { inputPipe } from '../http/input-pipe.js';
import { Matchmaker } from './matchmaker.js';
import { placedFunctionSchema, placementBody, previewQuery } from './placement-requests.js';
import type { PlacedFunction, PreviewQuery } from './placement-requests.js';
import * as views from './placement-views.js';

const NO_PLACEMENT = 'There is no such app, or nothing is asked of the machines of this function.';

/** What functions ask of the machines that they run on. */
@ApiTags('placements')
@Controller('api/v1')
export class PlacementsController {
  constructor(
    private readonly settings: DispatchSettings,
    private readonly apps: CatalogueStore,
    private readonly catalogue: Catalogue,
    private readonly placements: PlacementStore,
    private readonly matchmaker: Matchmaker,
  ) {}

  @Get('placements')
  @ApiOperation({ summary: 'All placements that hold now, by app and function.' })
  @ApiOkResponse({ standardSchema: views.placementListView })
  async list(): Promise<views.PlacementListView> {
    const names = new Map((await this.apps.listApps()).map(({ id, name }) => [id, name]));
    const standing = await this.placements.list();
    const shown = standing.map((one) =>
      views.toPlacementView(this.shown(names.get(one.appId) ?? '', one.functionName), one),
    );
    return { placements: shown.sort((one, other) => compare(sortKey(one), sortKey(other))) };
  }

  @Get('apps/:app/functions/:function/placement')
  @ApiOperation({ summary: 'What a function asks of the machines that it runs on.' })
  @ApiOkResponse({ standardSchema: views.placementView })
  @ApiNotFoundResponse({ description: NO_PLACEMENT })
  async show(
    @Param({ schema: placedFunctionSchema, pipes: [inputPipe] }) named: PlacedFunction,
  ): Promise<views.PlacementView> {
    const { key, app } = await this.find(named);
    const placement = await this.placements.find(key);
    if (!placement) throw noPlacement(named);
    return views.toPlacementView(this.shown(app, named.function), placement);
  }

  @Put('apps/:app/functions/:function/placement')
  @ApiOperation({
    summary: 'Replaces what a function asks of its machines: send what stays too.',
    description:
      'It holds for work that is put on the queue from now on, also of versions that are not active any more. Neither app nor function ' +
      'need be there yet, so that already the first package is loaded where it may. Requirements that no known machine meets are taken: ' +
      'the preview says so.',
  })
  @ApiOkResponse({ standardSchema: views.placementView })
  @ApiBadRequestResponse({ description: 'An expression is not right: each thing is named.' })
  async replace(
    @Param({ schema: placedFunctionSchema, pipes: [inputPipe] }) named: PlacedFunction,
    @Body({ schema: placementBody, pipes: [inputPipe] }) placement: Placement,
    @Req() request: FastifyRequest,
  ): Promise<views.PlacementView> {
    const app = await this.apps.findOrCreateApp(parseAppName(named.app));
    const key = placementKey(app.id, named.function);
    const made = await this.placements.put({ ...key, placement, changedBy: callerOf(request.headers) });
    await this.catalogue.refresh();
    return views.toPlacementView(this.shown(app.name, named.function), made);
  }

  @Delete('apps/:app/functions/:function/placement')
  @HttpCode(204)
  @ApiOperation({ summary: 'Lets a function run on every machine again. Its history stays.' })
  @ApiNoContentResponse()
  @ApiNotFoundResponse({ description: NO_PLACEMENT })
  async remove(
    @Param({ schema: placedFunctionSchema, pipes: [inputPipe] }) named: PlacedFunction,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    const { key } = await this.find(named);
    if (!(await this.placements.remove(key, callerOf(request.headers)))) throw noPlacement(named);
    await this.catalogue.refresh();
  }

  @Get('apps/:app/functions/:function/placement/history')
  @ApiOperation({ summary: 'The newest 1,000 versions of a placement, the newest first: who, when, what.' })
  @ApiOkResponse({ standardSchema: views.placementHistoryView })
  @ApiNotFoundResponse({ description: 'There is no such app, or never was such a placement.' })
  async history(
    @Param({ schema: placedFunctionSchema, pipes: [inputPipe] }) named: PlacedFunction,
  ): Promise<views.PlacementHistoryView> {
    const versions = await this.placements.history((await this.find(named)).key);
    if (versions.length === 0) throw noPlacement(named);
    return views.toPlacementHistory(versions);
  }

  @Get('apps/:app/functions/:function/placement/preview')
  @ApiOperation({
    summary: 'Which machines of a pool meet the requirements of a function, why not, and their rank.',
    description: 'Of what holds now, or of expressions that are to be tried before they are saved.',
  })
  @ApiOkResponse({ standardSchema: views.placementPreviewView })
  @ApiBadRequestResponse({ description: 'An expression is not right: each thing is named.' })
  @ApiNotFoundResponse({ description: 'There is no such app.' })
  async preview(
    @Param({ schema: placedFunctionSchema, pipes: [inputPipe] }) named: PlacedFunction,
    @Query({ schema: previewQuery, pipes: [inputPipe] }) query: PreviewQuery,
  ): Promise<views.PlacementPreviewView> {
    const { key, app } = await this.find(named);
    const { pool = this.settings.pool, requirements, rank } = query;
    const standing = (await this.placements.find(key))?.placement;
    const placement = {
      requirements: requirements ?? standing?.requirements,
      rank: rank ?? standing?.rank,
    };
    const judged = await this.matchmaker.preview(placement, pool);
    return views.toPreviewView(this.shown(app, named.function), placement, pool, judged);
  }

  private async find(named: PlacedFunction): Promise<{ key: PlacementKey; app: string }> {
    const app = await this.apps.findAppByName(named.app.toLowerCase());
    if (!app) throw new NotFoundError('function app', named.app);
    return { key: placementKey(app.id, named.function), app: app.name };
  }

  /** With the name that its code gives it, where the active version has it. */
  private shown(app: string, name: string): views.ShownFunction {
    const wanted = name.toLowerCase();
    const found = this.catalogue.find(app)?.functions.find((one) => one.name.toLowerCase() === wanted);
    return { app, function: found?.name ?? name, inActiveVersion: found !== undefined };
  }
}

function noPlacement(named: PlacedFunction): NotFoundError {
  return new NotFoundError('placement of the function', `${named.app}/${named.function}`);
}

function sortKey({ app, function: name }: views.PlacementView): string {
  return `${app} ${name.toLowerCase()}`;
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
