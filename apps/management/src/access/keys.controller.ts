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
import { inputPipe } from '../http/input-pipe.js';
import { APP_KEY_SCOPES, AppKeys } from './app-keys.js';
import { keyNameSchema } from './key-name.js';

const newKeySchema = z.object({
  scope: z.enum(APP_KEY_SCOPES),
  functionName: z.string().min(1).max(128).optional(),
  name: keyNameSchema.default('default'),
});

const keySchema = z.object({
  id: z.uuid(),
  scope: z.enum(APP_KEY_SCOPES),
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
  constructor(private readonly keys: AppKeys) {}

  @Post()
  @ApiOperation({
    summary: 'Makes a host, function or system key. Its value is in this answer and nowhere else.',
  })
  @ApiCreatedResponse({ standardSchema: madeKeySchema })
  async make(
    @Param('app') appName: string,
    @Body({ schema: newKeySchema, pipes: [inputPipe] }) request: NewKey,
  ): Promise<MadeKey> {
    const app = await this.keys.findApp(appName);
    const functionName = await this.functionOf(app, request);
    const { scope, name } = request;
    const made = await this.keys.add({ app, scope, functionName, name });
    if (made) return { id: made.id, scope, functionName, name, key: made.key };
    throw new ConflictError(
      `There is a ${scope} key "${name}" already: delete it first, or choose another name.`,
    );
  }

  @Get()
  @ApiOperation({ summary: "An app's host, function and system keys, without their values." })
  @ApiOkResponse({ standardSchema: keyListSchema })
  async list(@Param('app') appName: string): Promise<{ keys: ShownKey[] }> {
    const app = await this.keys.findApp(appName);
    return { keys: (await this.keys.list(app)).map(shown) };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Removes a key: calls with it are refused, here at once and by other instances within seconds.',
  })
  @ApiNoContentResponse()
  async remove(@Param('app') appName: string, @Param('id') id: string): Promise<void> {
    const app = await this.keys.findApp(appName);
    const isOfApp = (await this.keys.list(app)).some((key) => key.id === id);
    if (!isOfApp || !(await this.keys.remove(id))) throw new NotFoundError('key', id);
  }

  private async functionOf(app: FunctionApp, { scope, functionName }: NewKey): Promise<string | null> {
    if (scope === 'function') {
      if (functionName !== undefined) return this.keys.functionIn(app, functionName);
      throw new InvalidInputError('functionName must be given when scope is "function".');
    }
    if (functionName === undefined) return null;
    throw new InvalidInputError(`functionName must be absent when scope is "${scope}".`);
  }
}

function shown(key: AccessKey): ShownKey {
  const { id, scope, functionName, name, createdAt } = key;
  return { id, scope: scope as ShownKey['scope'], functionName, name, createdAt: createdAt.toISOString() };
}
