import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { NotFoundError } from '#shared/domain/errors.js';
import { triggerOf, type AppVersion, type FunctionDefinition } from '#shared/domain/function-app.js';
import { CatalogueStore } from '#shared/store/catalogue-store.js';
import { Catalogue } from './catalogue.js';
import { httpDeclarationOf, pathBelowApp } from './http-declaration.js';

const versionSchema = z.object({
  id: z.uuid(),
  packageDigest: z.string(),
  packageSizeBytes: z.number().int(),
  createdAt: z.iso.datetime(),
});

const appSchema = z.object({
  name: z.string(),
  createdAt: z.iso.datetime(),
  activeVersion: versionSchema.nullable(),
  functionCount: z.number().int(),
});

const functionSchema = z.object({
  app: z.string(),
  name: z.string(),
  programmingModel: z.enum(['v3', 'v4']),
  trigger: z.string().describe('The type of its trigger binding.'),
  route: z.string().nullable().describe("HTTP functions: the path below management's address."),
  methods: z.array(z.string()).nullable().describe('HTTP functions: null means every method.'),
  authLevel: z.string().nullable(),
  disabled: z.boolean(),
  bindings: z.array(z.record(z.string(), z.unknown())),
});

const appListSchema = z.object({ apps: z.array(appSchema) });
const functionListSchema = z.object({ functions: z.array(functionSchema) });

type ShownApp = z.output<typeof appSchema>;
type ShownFunction = z.output<typeof functionSchema>;

@ApiTags('catalogue')
@Controller('api/v1')
export class CatalogueController {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly store: CatalogueStore,
  ) {}

  @Get('apps')
  @ApiOperation({ summary: 'The function apps, the oldest first.' })
  @ApiOkResponse({ standardSchema: appListSchema })
  async apps(): Promise<{ apps: ShownApp[] }> {
    const apps = await this.store.listApps();
    const active = new Map(this.catalogue.active().map((version) => [version.appId, version]));
    return { apps: apps.map((app) => shownApp(app.name, app.createdAt, active.get(app.id))) };
  }

  @Get('functions')
  @ApiOperation({ summary: 'The functions of all active versions.' })
  @ApiOkResponse({ standardSchema: functionListSchema })
  functions(): { functions: ShownFunction[] } {
    return { functions: this.catalogue.active().flatMap(functionsOf) };
  }

  @Get('apps/:app/functions')
  @ApiOperation({ summary: "The functions of an app's active version." })
  @ApiOkResponse({ standardSchema: functionListSchema })
  async functionsOfApp(@Param('app') appName: string): Promise<{ functions: ShownFunction[] }> {
    const version = this.catalogue.find(appName);
    if (version) return { functions: functionsOf(version) };
    if (await this.store.findAppByName(appName.toLowerCase())) return { functions: [] };
    throw new NotFoundError('function app', appName);
  }
}

function shownApp(name: string, createdAt: Date, active: AppVersion | undefined): ShownApp {
  return {
    name,
    createdAt: createdAt.toISOString(),
    activeVersion: active
      ? {
          id: active.id,
          packageDigest: active.packageDigest,
          packageSizeBytes: active.packageSizeBytes,
          createdAt: active.createdAt.toISOString(),
        }
      : null,
    functionCount: active?.functions.length ?? 0,
  };
}

function functionsOf(version: AppVersion): ShownFunction[] {
  return version.functions.map((definition) => shownFunction(version, definition));
}

function shownFunction(version: AppVersion, definition: FunctionDefinition): ShownFunction {
  const { name, programmingModel, disabled } = definition;
  const http = httpDeclarationOf(definition);
  return {
    app: version.appName,
    name,
    programmingModel,
    trigger: triggerOf(definition)?.type ?? '',
    route: http ? pathBelowApp(version, http.route) : null,
    methods: http?.methods ? [...http.methods] : null,
    authLevel: http?.authLevel ?? null,
    disabled,
    bindings: definition.bindings.map((binding) => ({ ...binding })),
  };
}
