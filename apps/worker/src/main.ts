import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import { NightjarError } from '#shared/domain/errors.js';
import { stopSignals } from '#shared/domain/stop-signals.js';
import { startTracing } from '#shared/telemetry/tracing.js';
import { loadSettings } from './config.js';
import { sense } from './sense/sense.js';
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

/** `main.js sense` shows what the sensors see, and starts no worker. */
async function showSensors(flags: readonly string[]): Promise<void> {
  const stopped = new AbortController();
  for (const signal of SIGNALS) process.once(signal, () => stopped.abort());
  const write = (text: string): void => void process.stdout.write(text);
  await sense({ flags, platform: process.platform, write, signal: stopped.signal });
}

const [mode, ...flags] = process.argv.slice(2);
try {
  await (mode === 'sense' ? showSensors(flags) : main());
} catch (error) {
  fail(mode === 'sense' ? 'The sensors can not be shown.' : "Nightjar's worker can not start.", error);
}
