import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import { NightjarError } from '#shared/domain/errors.js';
import { stopSignals } from '#shared/domain/stop-signals.js';
import { startTracing } from '#shared/telemetry/tracing.js';
import { loadSettings } from './config.js';
import { WorkerLifecycle } from './worker-lifecycle.js';
import { WorkerModule } from './worker.module.js';

const SIGNALS = stopSignals(process.platform);

async function main(): Promise<void> {
  const settings = loadSettings();
  const stopTracing = startTracing('nightjar-worker', settings.tracing);
  const app = await NestFactory.createApplicationContext(WorkerModule.register(settings), {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  const stop = (): void => {
    for (const signal of SIGNALS) process.removeListener(signal, stop);
    app
      .close()
      .then(stopTracing)
      .then(
        () => process.exit(0),
        (error: unknown) => fail('The stop failed.', error),
      );
  };
  for (const signal of SIGNALS) process.once(signal, stop);
  await app.get(WorkerLifecycle).start();
}

function fail(what: string, error: unknown): never {
  const details =
    error instanceof NightjarError ? error.details.map((detail) => `\n  - ${detail}`).join('') : '';
  const text = error instanceof Error && !(error instanceof NightjarError) ? error.stack : String(error);
  process.stderr.write(`${what} ${text}${details}\n`);
  process.exit(1);
}

try {
  await main();
} catch (error) {
  fail("Nightjar's worker can not start.", error);
}
