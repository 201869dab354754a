import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import { NightjarError } from '#shared/domain/errors.js';
import { stopSignals } from '#shared/domain/stop-signals.js';
import { startTracing } from '#shared/telemetry/tracing.js';
import { folderOf } from './capacity/machine-identity.js';
import { loadSettings } from './config.js';
import { parseOwnerOptions } from './owner/owner-options.js';
import { owner } from './owner/owner.js';
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

/** `main.js owner` says what runs on this machine, and keeps work away from it; it starts no worker, and needs no management. */
async function serveOwner(flags: readonly string[]): Promise<void> {
  const options = parseOwnerOptions(flags, new Date());
  const folder = folderOf(loadSettings(options.workerFlags));
  const write = (text: string): void => void process.stdout.write(text);
  await owner({ options, folder, write, nowMs: () => Date.now() });
}

/** What it can do, by its first argument, with what is said when it can not. */
const MODES: Readonly<Record<string, readonly [(flags: readonly string[]) => Promise<void>, string]>> = {
  sense: [showSensors, 'The sensors can not be shown.'],
  owner: [serveOwner, "The owner's word can not be taken."],
};

const [mode, ...flags] = process.argv.slice(2);
const known = mode === undefined ? undefined : MODES[mode];
try {
  await (known ? known[0](flags) : main());
} catch (error) {
  fail(known?.[1] ?? "Nightjar's worker can not start.", error);
}
