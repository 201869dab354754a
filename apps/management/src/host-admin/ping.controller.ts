import { Controller, Get, HttpCode, Param, Post, Res, UseFilters } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { NotFoundError } from '#shared/domain/errors.js';
import { OpenToAll } from '../access/open-to-all.decorator.js';
import { Catalogue } from '../catalogue/catalogue.js';
import { AzureErrorFilter } from './azure-error.filter.js';

/** Open to everybody, as in Azure: it says no more than a call of a function that there is not. */
@ApiTags('runtime')
@OpenToAll()
@UseFilters(AzureErrorFilter)
@Controller('apps/:app/admin/host/ping')
export class PingController {
  constructor(private readonly catalogue: Catalogue) {}

  @Get()
  @ApiOperation({ summary: 'Whether the app is served. Empty.' })
  @ApiOkResponse()
  @ApiNotFoundResponse({ description: 'The app has no active version. Empty.' })
  async ping(@Param('app') app: string, @Res() reply: FastifyReply): Promise<void> {
    if (!this.catalogue.find(app)) throw new NotFoundError('function app', app);
    await reply.header('cache-control', 'no-store').send();
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'As GET.' })
  postPing(@Param('app') app: string, @Res() reply: FastifyReply): Promise<void> {
    return this.ping(app, reply);
  }
}
