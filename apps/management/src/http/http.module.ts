import { Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { Metrics } from '#shared/telemetry/metrics.js';
import { ApiDocsController } from './api-docs.controller.js';
import { ApiDocument } from './api-document-holder.js';
import { ErrorFilter } from './error.filter.js';
import { HealthController } from './health.controller.js';
import { InstanceAddress } from './instance-address.js';
import { MetricsController } from './metrics.controller.js';

/** What every web application has: errors in one form, health, metrics, documentation. */
@Global()
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController, MetricsController, ApiDocsController],
  providers: [
    ApiDocument,
    InstanceAddress,
    { provide: Metrics, useFactory: () => new Metrics() },
    { provide: APP_FILTER, useClass: ErrorFilter },
  ],
  exports: [ApiDocument, InstanceAddress, Metrics],
})
export class HttpModule {}
