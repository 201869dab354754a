import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NotFoundError } from '#shared/domain/errors.js';
import { BatchDefinitionStore } from '#shared/store/batch-definition-store.js';
import { inputPipe } from '../../http/input-pipe.js';
import { ActiveVersions } from './active-versions.js';
import { BatchDefinitions } from './batch-definitions.js';
import {
  batchPathSchema,
  definitionListSchema,
  versionListSchema,
  versionPathSchema,
} from './definition-requests.js';
import type { BatchPath, DefinitionListQuery, VersionListQuery, VersionPath } from './definition-requests.js';
import {
  definitionListView,
  toDefinitionView,
  toVersionListView,
  toVersionView,
  versionListView,
  versionView,
} from './definition-views.js';
import type { DefinitionListView, VersionListView, VersionView } from './definition-views.js';

/** A page is asked for with one row more, and a store gives a thousand at most. */
const MOST_VERSIONS = 999;

@ApiTags('batch definitions')
@Controller('api/v1')
export class DefinitionListsController {
  constructor(
    private readonly store: BatchDefinitionStore,
    private readonly definitions: BatchDefinitions,
    private readonly versions: ActiveVersions,
  ) {}

  @Get('batches')
  @ApiOperation({ summary: 'The batches that are defined, the newest first.' })
  @ApiOkResponse({ standardSchema: definitionListView })
  @ApiNotFoundResponse({ description: 'There is no such app.' })
  async list(
    @Query({ schema: definitionListSchema, pipes: [inputPipe] }) { app, ...page }: DefinitionListQuery,
  ): Promise<DefinitionListView> {
    const appId = app === undefined ? undefined : (await this.versions.app(app)).id;
    const { rows, next } = await this.store.list({ appId }, page);
    return { batches: rows.map(toDefinitionView), next };
  }

  @Get('apps/:app/batches/:name/versions')
  @ApiOperation({ summary: 'The versions of a definition, the newest first: who, when, what changed.' })
  @ApiOkResponse({ standardSchema: versionListView })
  @ApiNotFoundResponse({ description: 'There is no such app, or nothing is defined by this name.' })
  async listVersions(
    @Param({ schema: batchPathSchema, pipes: [inputPipe] }) path: BatchPath,
    @Query({ schema: versionListSchema, pipes: [inputPipe] }) { limit, before }: VersionListQuery,
  ): Promise<VersionListView> {
    const { id } = await this.definitions.find(path);
    const shown = Math.min(limit, MOST_VERSIONS);
    return toVersionListView(await this.store.listVersions(id, shown + 1, before), shown);
  }

  @Get('apps/:app/batches/:name/versions/:version')
  @ApiOperation({ summary: 'One version of a definition.' })
  @ApiOkResponse({ standardSchema: versionView })
  @ApiNotFoundResponse({ description: 'There is no such app, batch or version.' })
  async showVersion(
    @Param({ schema: versionPathSchema, pipes: [inputPipe] }) { version, ...path }: VersionPath,
  ): Promise<VersionView> {
    const { id } = await this.definitions.find(path);
    const shown = await this.store.findVersion(id, version);
    if (!shown) throw new NotFoundError(`version of the batch ${path.app}/${path.name}`, String(version));
    return toVersionView(shown, await this.store.findVersion(id, version - 1));
  }
}
