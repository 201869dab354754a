import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { AccessModule } from '../../access/access.module.js';
import { AppSettingsModule } from '../../app-settings/app-settings.module.js';
import { CatalogueModule } from '../../catalogue/catalogue.module.js';
import { DispatchModule } from '../../dispatch/dispatch.module.js';
import { AppCors } from './app-cors.js';
import { CallMetrics } from './call-metrics.js';
import { ConcurrentCalls } from './concurrent-calls.js';
import { FunctionCaller } from './function-caller.js';
import { HttpTrigger } from './http-trigger.js';
import { OpenStreams } from './streams/open-streams.js';
import { StreamCaller } from './streams/stream-caller.js';
import { StreamsController } from './streams/streams.controller.js';

@Module({
  imports: [AccessModule, AppSettingsModule, CatalogueModule, DispatchModule],
  controllers: [StreamsController],
  providers: [AppCors, CallMetrics, ConcurrentCalls, FunctionCaller, HttpTrigger, OpenStreams, StreamCaller],
})
export class HttpTriggerModule implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly trigger: HttpTrigger,
  ) {}

  /** Takes every request that no other route takes. */
  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.route({
      method: fastify.supportedMethods,
      url: '/*',
      exposeHeadRoute: false,
      // Here, and not in the handler: before a body would be parsed. From here on the answer is ours alone.
      onRequest: (request, reply) => {
        reply.hijack();
        void this.trigger.handle(request.raw, reply.raw);
      },
      handler: () => undefined,
    });
  }
}
