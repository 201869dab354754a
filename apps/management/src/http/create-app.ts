import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';
import { AppModule } from '../app.module.js';
import type { Settings } from '../config.js';
import type { Ports } from '../stores.module.js';
import { ApiDocument } from './api-document-holder.js';
import { buildApiDocument } from './api-document.js';
import { registerBodyParsing } from './body-parsing.js';
import { closeIdleConnectionsOnStop } from './close-idle-connections.js';
import { QuietStartLogger } from './quiet-start-logger.js';

/** Long query strings are customary (SAS tokens); Node's own limit for all headers together is 16 KiB. */
const MAX_PATH_PARAMETER_LENGTH = 2048;

/**
 * Makes the application without starting it: `init` or `listen` do. Used by the process itself, by the tests and by whatever
 * writes the OpenAPI document.
 */
export async function createApp(
  settings: Settings,
  openPorts: () => Promise<Ports>,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    // The addresses of proxies are believed by nobody but the HTTP trigger, which has its own setting for it.
    trustProxy: false,
    // A stop ends idle keep-alive connections; requests under way come to their end.
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PATH_PARAMETER_LENGTH },
  });
  registerBodyParsing(adapter.getInstance());
  closeIdleConnectionsOnStop(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(settings, openPorts),
    adapter,
    {
      bodyParser: false,
      bufferLogs: true,
      abortOnError: false,
    },
  );
  app.useLogger(new QuietStartLogger(app.get(Logger)));
  app.get(ApiDocument).buildBy(() => buildApiDocument(app));
  return app;
}
