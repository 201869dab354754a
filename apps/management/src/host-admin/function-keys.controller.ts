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
  removeKey,
  setKey,
  shownKeySchema,
  shownKeysSchema,
  type KeyValue,
  type ShownKey,
} from './shown-keys.js';

/** The keys of one function. */
@HostAdminRoutes()
@Controller('apps/:app/admin/functions/:function/keys')
export class FunctionKeysController {
  constructor(private readonly keys: AppKeys) {}

  @Get()
  @ApiOperation({ summary: 'The keys of a function, by name.' })
  @ApiOkResponse({ standardSchema: shownKeysSchema })
  async list(
    @Param('app') app: string,
    @Param('function') functionName: string,
  ): Promise<{ keys: ShownKey[] }> {
    return listShown(this.keys, await this.identity(app, functionName, ''));
  }

  @Get(':key')
  @ApiOperation({ summary: 'Whether a function has a key of this name.' })
  @ApiOkResponse({ standardSchema: shownKeySchema })
  async read(
    @Param('app') app: string,
    @Param('function') functionName: string,
    @Param('key') key: string,
  ): Promise<ShownKey> {
    return findShown(this.keys, await this.identity(app, functionName, key));
  }

  @Post(':key')
  @ApiOperation({
    summary: 'Makes a key, or gives it a new value (200). The value is in this answer and nowhere else.',
  })
  @ApiOkResponse({ standardSchema: shownKeySchema })
  async make(
    @Param('app') app: string,
    @Param('function') functionName: string,
    @Param('key') key: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShownKey> {
    const { status, shown } = await setKey(this.keys, await this.identity(app, functionName, key));
    void reply.code(status);
    return shown;
  }

  @Put(':key')
  @ApiOperation({ summary: 'Gives a key this very value.' })
  @ApiOkResponse({ standardSchema: shownKeySchema })
  async set(
    @Param('app') app: string,
    @Param('function') functionName: string,
    @Param('key') key: string,
    @Body({ schema: keyValueSchema, pipes: [inputPipe] }) { value }: KeyValue,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShownKey> {
    const { status, shown } = await setKey(this.keys, await this.identity(app, functionName, key), value);
    void reply.code(status);
    return shown;
  }

  @Delete(':key')
  @HttpCode(204)
  @ApiOperation({ summary: 'Removes a key.' })
  @ApiNoContentResponse()
  async remove(
    @Param('app') app: string,
    @Param('function') functionName: string,
    @Param('key') key: string,
  ): Promise<void> {
    await removeKey(this.keys, await this.identity(app, functionName, key));
  }

  private async identity(appName: string, functionName: string, name: string): Promise<AppKeyIdentity> {
    const app = await this.keys.findApp(appName);
    return { app, scope: 'function', functionName: await this.keys.functionIn(app, functionName), name };
  }
}
