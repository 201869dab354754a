import { Module, type DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { SETTINGS, type Settings } from './config.js';
import { WorkerLifecycle } from './worker-lifecycle.js';

/** The worker role, put together. */
@Module({})
export class WorkerModule {
  static register(settings: Settings): DynamicModule {
    return {
      module: WorkerModule,
      imports: [LoggerModule.forRoot({ pinoHttp: { level: settings.logLevel } })],
      providers: [{ provide: SETTINGS, useValue: settings }, WorkerLifecycle],
    };
  }
}
