import { heapMebibytes } from './language-workers/command-line.js';
import type { AppRuntime } from './language-workers/language-worker.js';

/** The program that runs inside: our bundled language worker. */
export interface LanguageWorkerFiles {
  /** Holds everything that the program needs. */
  readonly folder: string;
  /** The file to run, relative to the folder. */
  readonly entry: string;
}

/** Where a language worker finds its host, and what it says when it comes. */
export interface ChannelTarget {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly containerId: string;
  readonly maxMessageBytes: number;
}

/**
 * The arguments of a language worker: both sets, as Azure's host passes them, because Microsoft's workers read only one of them
 * (Python the first, Node the second).
 */
export function languageWorkerArguments(target: ChannelTarget): string[] {
  const { port, token, containerId } = target;
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  const values = { port: String(port), maxMessage: String(target.maxMessageBytes) };
  return [
    ...['--host', target.host, '--port', values.port, '--workerId', token, '--requestId', containerId],
    ...['--grpcMaxMessageLength', values.maxMessage],
    ...['--functions-uri', `http://${host}:${port}/`, '--functions-worker-id', token],
    ...['--functions-request-id', containerId, '--functions-grpc-max-message-length', values.maxMessage],
  ];
}

/** Ours go last: an app's setting must not send its language worker elsewhere. */
export function languageWorkerEnvironment(
  appSettings: Readonly<Record<string, string>>,
  directories: { readonly worker: string; readonly app: string },
  runtime: AppRuntime = 'node',
): Record<string, string> {
  return {
    ...appSettings,
    FUNCTIONS_WORKER_DIRECTORY: directories.worker,
    FUNCTIONS_APPLICATION_DIRECTORY: directories.app,
    FUNCTIONS_WORKER_RUNTIME: runtime,
  };
}

/** Node's flags, for a Node that is not in a container. */
export function nodeFlags(memoryBytes: number): string[] {
  return [`--max-old-space-size=${heapMebibytes(memoryBytes)}`];
}
