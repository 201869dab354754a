import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { newId } from '#shared/domain/ids.js';
import type { FunctionDefinition } from '#shared/domain/function-app.js';
import type { LogLine } from '#shared/domain/invocation.js';
import { GrpcChannelServer } from '../../../apps/worker/src/channel/grpc-channel-server.js';
import type {
  ChannelInvocation,
  ChannelResult,
  LanguageWorkerChannel,
} from '../../../apps/worker/src/channel/language-worker-channel.js';
import {
  languageWorkerArguments,
  languageWorkerEnvironment,
  type ChannelTarget,
} from '../../../apps/worker/src/containers/language-worker-command.js';

const LOOPBACK = '127.0.0.1';
/** As a worker has it by default. */
const MAX_MESSAGE_BYTES = 128 * 1024 * 1024;
const START_TIMEOUT_SECONDS = 30;
/** Tests and benches run from the repository's root, as npm runs scripts. */
const BUILT_LANGUAGE_WORKER = join(process.cwd(), 'dist/language-worker/language-worker.cjs');

export interface ChannelAloneOptions {
  /** An unpacked function app. */
  readonly packageFolder: string;
  /** The bundled language worker; the one that was built, if not given. */
  readonly languageWorkerFile?: string;
  readonly maxMessageBytes?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** More flags for its Node, for example `--cpu-prof`. */
  readonly nodeFlags?: readonly string[];
}

export type Invoke = (
  functionName: string,
  input: ChannelInvocation['input'],
  more?: { readonly onLog?: (line: LogLine) => void; readonly retry?: ChannelInvocation['retry'] },
) => Promise<ChannelResult>;

/** The worker's FunctionRpc channel with one language worker at its other end, and nothing else: no queue, no container, no store. */
export interface ChannelAlone {
  readonly channel: LanguageWorkerChannel;
  /** Where language workers, and their relays, connect to. */
  readonly port: number;
  readonly functions: readonly FunctionDefinition[];
  /** The language worker's exit code once it has ended; null after a signal. */
  readonly exitCode: Promise<number | null>;
  readonly invoke: Invoke;
  /** Leaves nothing running. */
  close(): Promise<void>;
}

/** @throws Error with the app's problems when it can't be loaded */
export async function startChannelAlone(options: ChannelAloneOptions): Promise<ChannelAlone> {
  const maxMessageBytes = options.maxMessageBytes ?? MAX_MESSAGE_BYTES;
  const server = new GrpcChannelServer({ maxMessageBytes });
  const port = await server.listen(LOOPBACK);
  const token = randomBytes(32).toString('hex');
  const accepted = server.accept(token, START_TIMEOUT_SECONDS);
  const child = startLanguageWorker(options, { port, token, maxMessageBytes });
  const exitCode = once(child, 'exit').then(([code]: unknown[]) => code as number | null);
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exitCode;
    await server.close();
  };
  try {
    const channel = await orExit(accepted, exitCode);
    const { packageFolder } = options;
    const loaded = await channel.loadApp({ packageFolder, appDirectory: packageFolder });
    if (loaded.problems.length > 0) throw new Error(loaded.problems.join('\n'));
    const invoke: Invoke = (functionName, input, { onLog = () => undefined, retry } = {}) =>
      channel.invoke({ invocationId: newId(), functionName, input, onLog, ...(retry ? { retry } : {}) });
    return { channel, port, functions: loaded.functions, exitCode, invoke, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function startLanguageWorker(
  options: ChannelAloneOptions,
  terms: Pick<ChannelTarget, 'port' | 'token' | 'maxMessageBytes'>,
): ChildProcess {
  const {
    packageFolder,
    languageWorkerFile = BUILT_LANGUAGE_WORKER,
    nodeFlags = [],
    environment = {},
  } = options;
  const target = { ...terms, host: LOOPBACK, containerId: newId() };
  const directories = { worker: join(languageWorkerFile, '..'), app: packageFolder };
  return spawn(process.execPath, [...nodeFlags, languageWorkerFile, ...languageWorkerArguments(target)], {
    cwd: packageFolder,
    env: languageWorkerEnvironment({ PATH: process.env['PATH'] ?? '', ...environment }, directories),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function orExit<Step>(step: Promise<Step>, exitCode: Promise<number | null>): Promise<Step> {
  const exited = exitCode.then((code): never => {
    throw new Error(`The language worker ended with exit code ${code} before it opened its stream.`);
  });
  step.catch(() => undefined);
  return Promise.race([step, exited]);
}
