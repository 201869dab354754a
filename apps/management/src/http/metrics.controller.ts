import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Metrics } from '#shared/telemetry/metrics.js';
import { OpenToAll } from '../access/open-to-all.decorator.js';

@ApiTags('health')
@OpenToAll()
@Controller()
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiProduces('text/plain')
  @ApiOperation({ summary: "Management's metrics, in Prometheus' text format." })
  render(): Promise<string> {
    return this.metrics.render();
  }
}
