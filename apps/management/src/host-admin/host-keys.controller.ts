import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AppKeys, type AppKeyIdentity } from '../access/app-keys.js';
import { inputPipe } from '../http/input-pipe.js';
import { HostAdminRoutes } from './host-admin-route.js';
import {
  findShown,
  keyValueSchema,
  listShown,
  MASTER_KEY_NAME,
  removeKey,
  setKey,
  shownKeySchema,
  shownKeysSchema,
  type KeyValue,
  type ShownKey,
} from './shown-keys.js';

/** What the keys of a whole app have in common, whichever their scope. */
abstract class AppWideKeys {
  protected abstract readonly scope: 'host' | 'system';

  constructor(private readonly keys: AppKeys) {}

  @Get()
  @ApiOperation({ summary: 'The keys, by name.' })
  @ApiOkResponse({ standardSchema: shownKeysSchema })
  async list(@Param('app') app: string): Promise<{ keys: ShownKey[] }> {
    return listShown(this.keys, await this.identity(app, ''));
  }

  @Get(':key')
  @ApiOperation({ summary: 'Whether there is a key of this name. `_master` is always there.' })
  @ApiOkResponse({ standardSchema: shownKeySchema })
  async read(@Param('app') app: string, @Param('key') key: string): Promise<ShownKey> {
    const identity = await this.identity(app, key);
    if (key.toLowerCase() === MASTER_KEY_NAME) return { name: MASTER_KEY_NAME, value: null };
    return findShown(this.keys, identity);
  }

  @Post(':key')
  @ApiOperation({
    summary: 'Makes a key, or gives it a new value (200). The value is in this answer and nowhere else.',
  })
  @ApiOkResponse({ standardSchema: shownKeySchema })
  async make(
    @Param('app') app: string,
    @Param('key') key: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShownKey> {
    const { status, shown } = await setKey(this.keys, await this.identity(app, key));
    void reply.code(status);
    return shown;
  }

  @Put(':key')
  @ApiOperation({ summary: 'Gives a key this very value.' })
  @ApiOkResponse({ standardSchema: shownKeySchema })
  async set(
    @Param('app') app: string,
    @Param('key') key: string,
    @Body({ schema: keyValueSchema, pipes: [inputPipe] }) { value }: KeyValue,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShownKey> {
    const { status, shown } = await setKey(this.keys, await this.identity(app, key), value);
    void reply.code(status);
    return shown;
  }

  @Delete(':key')
  @HttpCode(204)
  @ApiOperation({ summary: 'Removes a key.' })
  @ApiNoContentResponse()
  async remove(@Param('app') app: string, @Param('key') key: string): Promise<void> {
    await removeKey(this.keys, await this.identity(app, key));
  }

  private async identity(appName: string, name: string): Promise<AppKeyIdentity> {
    return { app: await this.keys.findApp(appName), scope: this.scope, functionName: null, name };
  }
}

/** Keys that open every function of an app. Azure has them under two names. */
@HostAdminRoutes()
@Controller(['apps/:app/admin/host/keys', 'apps/:app/admin/host/functionkeys'])
export class HostKeysController extends AppWideKeys {
  protected readonly scope = 'host';

  constructor(keys: AppKeys) {
    super(keys);
  }
}

/** Keys that open webhooks of an app's extensions. */
@HostAdminRoutes()
@Controller('apps/:app/admin/host/systemkeys')
export class SystemKeysController extends AppWideKeys {
  protected readonly scope = 'system';

  constructor(keys: AppKeys) {
    super(keys);
  }
}
