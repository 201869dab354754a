import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { functionRpcService } from '#shared/contracts/function-rpc/service.js';
import type { StreamingMessage } from '#shared/contracts/function-rpc/streaming-message.js';
import { TestWorker } from './test-worker.js';

type EventStreamCall = ServerDuplexStream<StreamingMessage, StreamingMessage>;

const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const BUNDLER = new URL('../../../../scripts/bundle-language-worker.mjs', import.meta.url);

/** Bundles the language worker as it ships. */
export async function bundleForTests(file: string): Promise<void> {
  await promisify(execFile)(process.execPath, [BUNDLER.pathname, file]);
}

/** A FunctionRpc host made of nothing but @grpc/grpc-js: what the bundled worker must get on with. */
export class TestHost {
  readonly #server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
  readonly #waiting = new Map<string, (worker: TestWorker) => void>();
  readonly #processes = new Set<ChildProcess>();
  #port = 0;
  #started = 0;

  constructor(private readonly bundle: string) {}

  async listen(): Promise<void> {
    this.#server.addService(functionRpcService, {
      eventStream: (call: EventStreamCall) => this.#accept(call),
    });
    const bind = promisify(this.#server.bindAsync.bind(this.#server));
    this.#port = await bind('127.0.0.1:0', ServerCredentials.createInsecure());
  }

  /**
   * Starts the bundle in a process of its own; resolves when it has introduced itself.
   *
   * @param options.workerId with `args` of the test's own: the id that they hold.
   */
  async startWorker(
    options: { environment?: Record<string, string>; args?: string[]; workerId?: string } = {},
  ): Promise<TestWorker> {
    this.#started += 1;
    const workerId = options.workerId ?? `worker-${this.#started}`;
    const child = this.#spawn(options.args ?? this.argumentsFor(workerId), options.environment);
    const worker = await new Promise<TestWorker>((resolve, reject) => {
      this.#waiting.set(workerId, resolve);
      child.once('exit', (code) => reject(new Error(`The worker ended with ${code} before it came.`)));
    });
    worker.attach(child);
    return worker;
  }

  /** Starts the bundle for what must end by itself. */
  async runToEnd(args: string[]): Promise<{ code: number | null; stderr: string }> {
    const child = this.#spawn(args);
    const stderr = text(child.stderr!);
    const [code] = (await once(child, 'exit')) as [number | null];
    return { code, stderr: await stderr };
  }

  async close(): Promise<void> {
    for (const child of this.#processes) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    this.#server.forceShutdown();
  }

  get port(): number {
    return this.#port;
  }

  argumentsFor(workerId: string, port = this.#port): string[] {
    const common = ['--functions-worker-id', workerId, '--functions-request-id', 'request-0'];
    return [
      ...['--functions-uri', `http://127.0.0.1:${port}/`, ...common],
      ...['--functions-grpc-max-message-length', String(MAX_MESSAGE_BYTES)],
    ];
  }

  #spawn(args: string[], environment: Record<string, string> = {}): ChildProcess {
    const child = spawn(process.execPath, [this.bundle, ...args], {
      cwd: '/',
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#processes.add(child);
    return child;
  }

  #accept(call: EventStreamCall): void {
    call.on('error', () => {});
    call.once('data', (message: StreamingMessage) => {
      const workerId = message.startStream?.workerId ?? '';
      const resolve = this.#waiting.get(workerId);
      if (resolve === undefined) {
        call.emit('error', Object.assign(new Error('Who is there?'), { code: 16, details: 'Who is there?' }));
        return;
      }
      this.#waiting.delete(workerId);
      resolve(new TestWorker(call, message.requestId ?? ''));
    });
  }
}
