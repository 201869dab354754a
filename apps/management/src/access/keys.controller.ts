import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { z } from 'zod';
import type { AccessKey } from '#shared/domain/access-key.js';
import { ConflictError, InvalidInputError, NotFoundError } from '#shared/domain/errors.js';
import type { FunctionApp } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import { AccessKeyStore } from '#shared/store/access-key-store.js';
import { CatalogueStore } from '#shared/store/catalogue-store.js';
import { inputPipe } from '../http/input-pipe.js';
import { KeyRing } from './key-ring.js';
import { hashOf, newKey } from './keys.js';

const newKeySchema = z.object({
  scope: z.enum(['host', 'function']),
  functionName: z.string().min(1).max(128).optional(),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/, 'must be 1 to 128 letters, digits, "-" or "_"')
    .default('default'),
});

const keySchema = z.object({
  id: z.uuid(),
  scope: z.enum(['host', 'function']),
  functionName: z.string().nullable(),
  name: z.string(),
  createdAt: z.iso.datetime(),
});

const madeKeySchema = keySchema.omit({ createdAt: true }).extend({ key: z.string() });

const keyListSchema = z.object({ keys: z.array(keySchema) });

type NewKey = z.output<typeof newKeySchema>;
type ShownKey = z.output<typeof keySchema>;
type MadeKey = z.output<typeof madeKeySchema>;

@ApiTags('keys')
@Controller('api/v1/apps/:app/keys')
export class KeysController {
  constructor(
    private readonly catalogue: CatalogueStore,
    private readonly keys: AccessKeyStore,
    private readonly ring: KeyRing,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Makes a host or function key. Its value is in this answer and nowhere else.' })
  @ApiCreatedResponse({ standardSchema: madeKeySchema })
  async make(
    @Param('app') appName: string,
    @Body({ schema: newKeySchema, pipes: [inputPipe] }) request: NewKey,
  ): Promise<MadeKey> {
    const app = await this.findApp(appName);
    const functionName = await this.functionOf(app, request);
    const key = newKey();
    const { scope, name } = request;
    const made = { id: newId(), scope, functionName, name };
    const isNew = await this.keys.add({ ...made, appId: app.id, hash: hashOf(key).toString('hex') });
    if (!isNew) {
      throw new ConflictError(
        `There is a ${scope} key "${name}" already: delete it first, or choose another name.`,
      );
    }
    await this.ring.refresh();
    return { ...made, key };
  }

  @Get()
  @ApiOperation({ summary: "An app's host and function keys, without their values." })
  @ApiOkResponse({ standardSchema: keyListSchema })
  async list(@Param('app') appName: string): Promise<{ keys: ShownKey[] }> {
    const app = await this.findApp(appName);
    return { keys: (await this.keysOf(app)).map(shown) };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Removes a key: calls with it are refused, here at once and by other instances within seconds.',
  })
  @ApiNoContentResponse()
  async remove(@Param('app') appName: string, @Param('id') id: string): Promise<void> {
    const app = await this.findApp(appName);
    const isOfApp = (await this.keysOf(app)).some((key) => key.id === id);
    if (!isOfApp || !(await this.keys.remove(id))) throw new NotFoundError('key', id);
    await this.ring.refresh();
  }

  private async findApp(name: string): Promise<FunctionApp> {
    const app = await this.catalogue.findAppByName(name.toLowerCase());
    if (!app) throw new NotFoundError('function app', name);
    return app;
  }

  /** The master key opens this app too, but is not of it. */
  private async keysOf(app: FunctionApp): Promise<AccessKey[]> {
    return (await this.keys.listForApp(app.id)).filter((key) => key.appId === app.id);
  }

  private async functionOf(app: FunctionApp, request: NewKey): Promise<string | null> {
    const { scope, functionName } = request;
    if (scope === 'host') {
      if (functionName === undefined) return null;
      throw new InvalidInputError('functionName must be absent when scope is "host".');
    }
    if (functionName === undefined) {
      throw new InvalidInputError('functionName must be given when scope is "function".');
    }
    const version =
      app.activeVersionId === null ? null : await this.catalogue.findVersion(app.activeVersionId);
    const found = version?.functions.find(({ name }) => name.toLowerCase() === functionName.toLowerCase());
    if (!found) throw new NotFoundError('function', functionName);
    return found.name;
  }
}

function shown(key: AccessKey): ShownKey {
  const { id, scope, functionName, name, createdAt } = key;
  return { id, scope: scope as ShownKey['scope'], functionName, name, createdAt: createdAt.toISOString() };
}
