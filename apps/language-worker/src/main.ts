/**
 * The language worker's process: connects to the host that started it and runs function apps for it until
 * either of them ends the conversation.
 *
 * Exit codes: 0 after the host's goodbye; 1 when the arguments are wrong, the stream breaks or a function
 * leaves an error that nobody catches. stdout and stderr belong to the functions; the worker writes to
 * stderr only why it ends.
 */
import { writeSync } from 'node:fs';
import { AppLifecycle } from './app-lifecycle.js';
import { AppLoader } from './app/app-loader.js';
import { AppSlot } from './app/app-slot.js';
import { ArgumentsError, parseArguments, type WorkerOptions } from './config.js';
import { createCoreApi } from './core-module/core-api.js';
import { ImportTrail } from './core-module/import-trail.js';
import { provideCoreModule } from './core-module/provide-core-module.js';
import { stackOf } from './errors.js';
import { RelaySwitch } from './http-relay/relay-switch.js';
import { ProxiedResponses } from './http-streaming/proxied-responses.js';
import { InvocationRunner } from './invocations/invocation-runner.js';
import { LanguageWorker } from './language-worker.js';
import { LogSender } from './log-sender.js';
import { Http2EventStream } from './stream/http2-event-stream.js';

/** Time for what was logged before an error to leave. Short: the process is in an unknown state. */
const LAST_WORDS_MILLISECONDS = 20;

function main(): void {
  const options = readOptions();
  const stream = new Http2EventStream(options);
  const slot = new AppSlot();
  const log = new LogSender(stream, slot);
  const trail = new ImportTrail();
  provideCoreModule(createCoreApi(slot, log), () => slot.generation, trail);
  const loader = new AppLoader(log, trail);
  const relay = new RelaySwitch({ host: options.host, port: options.port, token: options.workerId });
  const responses = new ProxiedResponses();
  const lifecycle = new AppLifecycle(slot, loader, process.argv[1]!, (httpUri) => {
    relay.leadTo(httpUri);
    if (httpUri !== undefined) responses.watch();
  });
  const runner = new InvocationRunner(slot, log, responses);
  const worker = new LanguageWorker(stream, lifecycle, runner, warmUp);
  process.on('uncaughtException', dieOf);
  stream.open({
    onMessage: (message) => worker.handle(message),
    onEnd: (end) => {
      if (end.kind === 'closed') process.exit(0);
      exitBecause(`The stream to the host broke: ${end.reason}.`);
    },
  });
  worker.introduce(options.requestId, options.workerId);
}

function readOptions(): WorkerOptions {
  try {
    return parseArguments(process.argv.slice(2));
  } catch (error) {
    if (error instanceof ArgumentsError) exitBecause(error.message);
    throw error;
  }
}

/** Node makes its Request and Response on first use, which takes longer than many a function. */
function warmUp(): void {
  void new Request('http://localhost/');
  void new Response('');
}

function exitBecause(reason: string): never {
  writeLastWords(reason);
  process.exit(1);
}

function dieOf(error: unknown): void {
  writeLastWords(`Uncaught exception: ${stackOf(error)}`);
  process.exitCode = 1;
  setTimeout(() => process.exit(1), LAST_WORDS_MILLISECONDS);
}

/** At once and whole: what goes through a stream may not arrive before the process has ended. */
function writeLastWords(text: string): void {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // Nobody reads stderr: there is nowhere left to say it.
  }
}

main();
