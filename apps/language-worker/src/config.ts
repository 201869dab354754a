import { parseArgs } from 'node:util';

/** What the host starts a language worker with. */
export interface WorkerOptions {
  readonly host: string;
  readonly port: number;
  /** The container's one-time token: sent back in StartStream, it is what lets the worker in. */
  readonly workerId: string;
  readonly requestId: string;
  readonly maxMessageBytes: number;
}

/** Thrown when the arguments do not say where the host is, or contradict each other. */
export class ArgumentsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ArgumentsError';
  }
}

/** Each setting's two names: Azure's host passes both sets, because its workers read one or the other. */
const NAMES = {
  workerId: ['functions-worker-id', 'workerId'],
  requestId: ['functions-request-id', 'requestId'],
  maxMessageBytes: ['functions-grpc-max-message-length', 'grpcMaxMessageLength'],
} as const;

type Arguments = Readonly<Record<string, string | boolean | undefined>>;

/**
 * @param argv the arguments behind the script's name; ones that are not known are passed over.
 * @throws ArgumentsError
 */
export function parseArguments(argv: readonly string[]): WorkerOptions {
  const names = ['functions-uri', 'host', 'port', ...Object.values(NAMES).flat()];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true });
  return Object.freeze({
    ...readAddress(values),
    workerId: required(values, NAMES.workerId),
    requestId: required(values, NAMES.requestId),
    maxMessageBytes: toInteger(
      NAMES.maxMessageBytes[0],
      required(values, NAMES.maxMessageBytes),
      2 ** 31 - 1,
    ),
  });
}

function readAddress(values: Arguments): { host: string; port: number } {
  const uri = values['functions-uri'];
  if (typeof uri === 'string') {
    const url = URL.parse(uri);
    if (url === null) throw new ArgumentsError(`--functions-uri is no URL: ${uri}`);
    return { host: withoutBrackets(url.hostname), port: toInteger('functions-uri', url.port || '80', 65535) };
  }
  const { host, port } = values;
  if (typeof host !== 'string' || typeof port !== 'string') {
    throw new ArgumentsError('Missing argument: --functions-uri, or --host and --port');
  }
  return { host: withoutBrackets(host), port: toInteger('port', port, 65535) };
}

/** `[::1]` in a URL is `::1` for a socket. */
function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

function required(values: Arguments, names: readonly string[]): string {
  for (const name of names) {
    const value = values[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  throw new ArgumentsError(`Missing argument: ${names.map((name) => `--${name}`).join(' or ')}`);
}

function toInteger(name: string, text: string, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value <= max) return value;
  throw new ArgumentsError(`--${name} is no whole number between 1 and ${max}: ${text}`);
}

/** Replaces the whole environment of this process: a variable that is not among these is gone. */
export function replaceEnvironment(variables: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, variables);
}
