import {
  RpcStatus,
  type InvocationRequest,
  type WorkerTerminate,
} from '#shared/contracts/function-rpc/messages.js';
import type {
  StreamingContents,
  StreamingMessage,
} from '#shared/contracts/function-rpc/streaming-message.js';
import { contentKind } from '#shared/contracts/function-rpc/streaming-message.js';
import type { AppLifecycle } from './app-lifecycle.js';
import type { InvocationRunner } from './invocations/invocation-runner.js';
import { toFailureResponse } from './invocations/rpc-response.js';
import { MessageTooLongError, type EventStream } from './stream/event-stream.js';

/** For a host that names no grace period: the one that Azure's gives. */
const DEFAULT_GRACE_SECONDS = 5;

/**
 * Answers the host's messages.
 *
 * A worker's life: it **starts** by naming itself; is **initialised**, with an app or as a placeholder that
 * gets one by an environment reload; **runs** invocations, any number at once; and **drains** when the host
 * says goodbye: it waits for what runs, as long as the grace period lasts, lets the app say goodbye, and
 * closes the stream.
 *
 * Requests about the app as a whole are answered one after another, in the order in which they came;
 * invocations, status and cancellations at once.
 */
export class LanguageWorker {
  readonly #stream: EventStream;
  readonly #lifecycle: AppLifecycle;
  readonly #runner: InvocationRunner;
  readonly #warmUp: () => void;
  /** The end of the row of requests about the app. */
  #lastInRow: Promise<void> = Promise.resolve();
  #isDraining = false;

  /** @param warmUp makes ready what the first app will need. */
  constructor(stream: EventStream, lifecycle: AppLifecycle, runner: InvocationRunner, warmUp: () => void) {
    this.#stream = stream;
    this.#lifecycle = lifecycle;
    this.#runner = runner;
    this.#warmUp = warmUp;
  }

  /** The first message: lets the worker in. */
  introduce(requestId: string, workerId: string): void {
    this.#stream.send({ requestId, startStream: { workerId } });
  }

  handle(message: StreamingMessage): void {
    if (message.invocationRequest !== undefined) {
      void this.#invoke(message.requestId, message.invocationRequest);
      return;
    }
    const kind = contentKind(message);
    const handler = kind === undefined ? undefined : this.#handlers[kind];
    // Another kind is a later version's, or one that asks for no answer.
    handler?.(message[kind!] as never, message.requestId ?? '');
  }

  readonly #handlers: {
    [Kind in keyof StreamingContents]?: (content: StreamingContents[Kind], requestId: string) => void;
  } = {
    workerInitRequest: (request, requestId) =>
      this.#inRow(async () => {
        const workerInitResponse = await this.#lifecycle.initialize(request);
        this.#stream.send({ requestId, workerInitResponse });
        if (!request.functionAppDirectory) setImmediate(this.#warmUp);
      }),
    functionEnvironmentReloadRequest: (request, requestId) =>
      this.#inRow(async () => {
        const functionEnvironmentReloadResponse = await this.#lifecycle.reload(request);
        this.#stream.send({ requestId, functionEnvironmentReloadResponse });
      }),
    functionsMetadataRequest: (_request, requestId) =>
      this.#inRow(async () => {
        this.#stream.send({ requestId, functionMetadataResponse: this.#lifecycle.describeFunctions() });
      }),
    functionLoadRequest: (request, requestId) =>
      this.#inRow(async () => {
        this.#stream.send({ requestId, functionLoadResponse: await this.#lifecycle.loadFunction(request) });
      }),
    functionLoadRequestCollection: ({ functionLoadRequests = [] }, requestId) =>
      this.#inRow(async () => {
        const functionLoadResponses = [];
        for (const request of functionLoadRequests) {
          functionLoadResponses.push(await this.#lifecycle.loadFunction(request));
        }
        this.#stream.send({ requestId, functionLoadResponseCollection: { functionLoadResponses } });
      }),
    workerWarmupRequest: (_request, requestId) => {
      this.#warmUp();
      const result = { status: RpcStatus.Success };
      this.#stream.send({ requestId, workerWarmupResponse: { result } });
    },
    workerStatusRequest: (_request, requestId) => this.#stream.send({ requestId, workerStatusResponse: {} }),
    invocationCancel: ({ invocationId = '' }) => this.#runner.cancel(invocationId),
    workerTerminate: (request) => void this.#drain(request),
  };

  async #invoke(requestId: string | undefined, request: InvocationRequest): Promise<void> {
    const invocationResponse = await this.#runner.run(request);
    try {
      this.#stream.send({ requestId, invocationResponse });
    } catch (error) {
      if (!(error instanceof MessageTooLongError)) throw error;
      const failed = toFailureResponse(request.invocationId ?? '', error);
      this.#stream.send({ requestId, invocationResponse: failed });
    }
  }

  #inRow(action: () => Promise<void>): void {
    this.#lastInRow = this.#lastInRow.then(action);
  }

  async #drain({ gracePeriod }: WorkerTerminate): Promise<void> {
    if (this.#isDraining) return;
    this.#isDraining = true;
    const graceSeconds = (gracePeriod?.seconds ?? 0) + (gracePeriod?.nanos ?? 0) / 1e9;
    const graceMilliseconds = (graceSeconds || DEFAULT_GRACE_SECONDS) * 1000;
    const isOver = new Promise<void>((resolve) => setTimeout(resolve, graceMilliseconds).unref());
    await Promise.race([isOver, this.#runner.idle().then(() => this.#lifecycle.terminate())]);
    await this.#stream.finish();
  }
}
