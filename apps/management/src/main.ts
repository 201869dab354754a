import { Logger } from '@nestjs/common';
import { NightjarError } from '#shared/domain/errors.js';
import { startTracing } from '#shared/telemetry/tracing.js';
import { loadSettings, printableSettings, type Settings } from './config.js';
import { createApp } from './http/create-app.js';
import { openPorts } from './open-ports.js';
import { stopOnSignals } from './stop-on-signals.js';

async function main(): Promise<void> {
  const settings = loadSettings();
  const stopTracing = startTracing('nightjar-management', settings.tracing);
  const app = await createApp(settings, () => openPorts(settings));
  stopOnSignals(app, settings.shutdownGraceSeconds, stopTracing);
  await app.listen({ host: settings.host, port: settings.port });
  announce(await app.getUrl(), settings);
}

function announce(url: string, settings: Settings): void {
  const logger = new Logger('Management');
  logger.log({ settings: printableSettings(settings) }, 'These are the settings.');
  logger.log(`Management listens on ${url}; its API is described at ${url}/api-docs`);
}

/** What a person can mend is said in words; anything else with its stack. */
function explain(error: unknown): string {
  if (error instanceof NightjarError) {
    return [error.message, ...error.details.map((detail) => `  - ${detail}`)].join('\n');
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`Nightjar's management can not start. ${explain(error)}\n`);
  process.exit(1);
}
