import type { StreamingMessage } from '#shared/contracts/function-rpc/streaming-message.js';
import type { FunctionDefinition } from '#shared/domain/function-app.js';
import type { Failure, HttpRequestData, LogLine } from '#shared/domain/invocation.js';
import { runStreamed } from './http-streams/streamed-invocation.js';
import { InputMismatchError, invocationRequestOf } from './invocation/invocation-request.js';
import type { LoadedFunction } from './invocation/loaded-function.js';
import { RunningInvocations } from './invocation/running-invocations.js';
import {
  ChannelClosedError,
  ChannelTimeoutError,
  LanguageWorkerChannel,
  type ChannelInvocation,
  type ChannelResult,
  type LoadedApp,
  type StreamingServer,
} from './language-worker-channel.js';
import { AppLoader, type AppFolders } from './loading/app-loader.js';
import { AppProblemsError } from './loading/app-problems.js';
import { initialise, reload, type Announced } from './loading/introduce-app.js';
import { NO_CAPABILITIES, type WorkerCapabilities } from './loading/worker-capabilities.js';
import { MessageTooLargeError, type EventStream } from './stream/event-stream.js';
import type { TunnelPool } from './tunnels/tunnel-pool.js';
import { PendingAnswers } from './stream/pending-answers.js';

export interface ChannelTerms {
  /** How long a language worker may take for each step of its start. */
  readonly stepTimeoutSeconds: number;
  /** Takes log lines that belong to no invocation. */
  readonly onStrayLog: (line: LogLine) => void;
  /** Those that the container's relay has opened, and will open. */
  readonly tunnels: TunnelPool;
  /** The largest response of a function that streams that is kept whole, where that is asked for. Bytes. */
  readonly wholeResponseLimitBytes: number;
}

/** A conversation over one gRPC stream. */
export class GrpcLanguageWorkerChannel extends LanguageWorkerChannel {
  readonly closed: Promise<void>;
  readonly #answers: PendingAnswers;
  readonly #running: RunningInvocations;
  #announced: Announced = {};
  #capabilities: WorkerCapabilities = NO_CAPABILITIES;
  #functions: ReadonlyMap<string, LoadedFunction> = new Map();
  #closedReason: string | undefined;

  /** @param stream one whose language worker has said who it is */
  constructor(
    private readonly stream: EventStream,
    private readonly terms: ChannelTerms,
  ) {
    super();
    this.#answers = new PendingAnswers((message) => stream.send(message), terms.stepTimeoutSeconds);
    this.#running = new RunningInvocations(terms.onStrayLog);
    stream.onMessage((message) => this.#receive(message));
    this.closed = new Promise((resolve) => {
      stream.onEnd((reason) => {
        this.#closedReason = reason;
        this.#answers.close(reason);
        this.#running.close(reason);
        terms.tunnels.close(reason);
        resolve();
      });
    });
  }

  loadApp(folders: AppFolders): Promise<LoadedApp> {
    return this.#load(folders, () => initialise(this.#answers, folders.appDirectory));
  }

  async initialise(): Promise<void> {
    this.#announced = await initialise(this.#answers);
  }

  specialise(app: AppFolders & Parameters<typeof reload>[1]): Promise<LoadedApp> {
    return this.#load(app, () => reload(this.#answers, app, this.#announced));
  }

  async #load(folders: AppFolders, introduce: () => Promise<Announced>): Promise<LoadedApp> {
    try {
      const { capabilities, functions } = await new AppLoader(this.#answers, folders).load(await introduce());
      this.#capabilities = capabilities;
      this.#functions = new Map(functions.map((loaded) => [loaded.definition.name, loaded]));
      return {
        problems: [],
        functions: functions.map(({ definition }): FunctionDefinition => definition),
        streaming: capabilities.streaming,
      };
    } catch (error) {
      if (!(error instanceof AppProblemsError)) throw error;
      const [first = error.message, ...others] = error.problems;
      return { problems: [first, ...others], functions: [] };
    }
  }

  /** Not "async": that would put three more turns of the microtask queue on each invocation. */
  invoke(invocation: ChannelInvocation): Promise<ChannelResult> {
    if (this.#closedReason !== undefined) return Promise.reject(new ChannelClosedError(this.#closedReason));
    const { functionName } = invocation;
    const loaded = this.#functions.get(functionName);
    if (!loaded) return refused('FunctionNotFound', `There is no function "${functionName}" in the app.`);
    if (loaded.definition.disabled) {
      return refused('FunctionDisabled', `Function "${functionName}" is disabled.`);
    }
    const refusal = this.#request(loaded, invocation);
    if (refusal) return refusal;
    const answer = this.#running.add(loaded, invocation);
    invocation.hangUp?.whenHappened(() => this.cancel(invocation.invocationId));
    const { streaming } = this.#capabilities;
    const { input } = invocation;
    return streaming && input.kind === 'http'
      ? this.#stream(invocation, input.request, streaming, answer)
      : answer;
  }

  cancel(invocationId: string): void {
    this.stream.send({ invocationCancel: { invocationId } });
  }

  async ping(timeoutMs: number): Promise<number | null> {
    const started = performance.now();
    try {
      await this.#answers.ask({ workerStatusRequest: {} }, 'workerStatusResponse', timeoutMs);
      return performance.now() - started;
    } catch (error) {
      if (error instanceof ChannelTimeoutError || error instanceof ChannelClosedError) return null;
      throw error;
    }
  }

  terminate(gracePeriodSeconds: number): void {
    this.stream.send({ workerTerminate: { gracePeriod: { seconds: gracePeriodSeconds } } });
    const timer = setTimeout(
      () => this.stream.end('The language worker was told to end.'),
      gracePeriodSeconds * 1000,
    );
    timer.unref();
    void this.closed.then(() => clearTimeout(timer));
  }

  #stream(
    invocation: ChannelInvocation,
    request: HttpRequestData,
    server: StreamingServer,
    answer: Promise<ChannelResult>,
  ): Promise<ChannelResult> {
    const { invocationId } = invocation;
    return runStreamed({
      invocation,
      request,
      server,
      answer,
      tunnels: this.terms.tunnels,
      wholeResponseLimitBytes: this.terms.wholeResponseLimitBytes,
      cancel: () => this.cancel(invocationId),
    }).finally(() => this.#running.forget(invocationId));
  }

  /** @returns how it ends when the request could not be sent. */
  #request(loaded: LoadedFunction, invocation: ChannelInvocation): Promise<ChannelResult> | undefined {
    try {
      this.stream.send({ invocationRequest: invocationRequestOf(loaded, invocation, this.#capabilities) });
      return undefined;
    } catch (error) {
      if (error instanceof InputMismatchError) return refused('InputMismatch', error.message);
      if (error instanceof MessageTooLargeError) return refused('InputTooLarge', error.message);
      throw error;
    }
  }

  #receive(message: StreamingMessage): void {
    if (message.invocationResponse) this.#running.respond(message.invocationResponse);
    else if (message.rpcLog) this.#running.log(message.rpcLog);
    else this.#answers.settle(message);
  }
}

/** It never came to the function: the platform asked for what it can't have. */
function refused(type: string, message: string): Promise<ChannelResult> {
  const failure: Failure = { source: 'platform', type, message };
  return Promise.resolve({ state: 'failed', failure });
}
