import { Controller, Get, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { WorkQueue } from '#shared/queue/work-queue.js';
import { Store } from '#shared/store/store.js';
import { OpenToAll } from '../access/open-to-all.decorator.js';

@ApiTags('health')
@OpenToAll()
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly store: Store,
    private readonly queue: WorkQueue,
  ) {}

  @Get('healthz')
  @ApiOperation({ summary: 'Whether the process is alive.' })
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @HealthCheck()
  @ApiOperation({ summary: 'Whether Redis answers, SQL answers, and every migration is there.' })
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const { status, result } = await this.check();
    await reply.code(status).header('cache-control', 'no-store').send(result);
  }

  private async check(): Promise<{ status: number; result: unknown }> {
    try {
      const result = await this.health.check([
        () => this.indicate('database', () => this.store.check()),
        () => this.indicate('queue', () => this.queue.check()),
      ]);
      return { status: 200, result };
    } catch (error) {
      if (error instanceof ServiceUnavailableException) return { status: 503, result: error.getResponse() };
      throw error;
    }
  }

  private async indicate(name: string, check: () => Promise<void>) {
    const indicator = this.indicators.check(name);
    try {
      await check();
      return indicator.up();
    } catch (error) {
      return indicator.down((error as Error).message);
    }
  }
}
