import type { InvocationRequest, InvocationResponse } from '#shared/contracts/function-rpc/messages.js';
import type { AppSlot } from '../app/app-slot.js';
import type { FunctionApp, LoadedFunction } from '../app/function-app.js';
import type { CoreInvocationResponse } from '../core-module/core-types.js';
import { SystemError } from '../errors.js';
import type { ProxiedResponses } from '../http-streaming/proxied-responses.js';
import { StreamedRequest } from '../http-streaming/streamed-request.js';
import type { LogSender } from '../log-sender.js';
import { Cancellation } from './cancellation.js';
import { Invocation } from './invocation.js';
import { toCancelledResponse, toFailureResponse, toRpcResponse } from './rpc-response.js';
import { runFunction } from './run-function.js';

/** An invocation under way. */
interface Running {
  readonly cancellation: Cancellation;
  streamed?: StreamedRequest;
}

/** Runs functions, any number at once. */
export class InvocationRunner {
  readonly #slot: AppSlot;
  readonly #log: LogSender;
  readonly #responses: ProxiedResponses;
  /** What runs now. */
  readonly #running = new Map<string, Running>();
  #whenIdle: (() => void)[] = [];

  constructor(slot: AppSlot, log: LogSender, responses: ProxiedResponses) {
    this.#slot = slot;
    this.#log = log;
    this.#responses = responses;
  }

  /** Runs one invocation to its end; an error of the function is a response too. Never rejects. */
  async run(request: InvocationRequest): Promise<InvocationResponse> {
    const invocationId = request.invocationId ?? '';
    const running: Running = { cancellation: new Cancellation() };
    this.#running.set(invocationId, running);
    try {
      return toRpcResponse(invocationId, await this.#invoke(invocationId, request, running));
    } catch (error) {
      // What failed because it was given up has not failed.
      if (running.cancellation.happened) return toCancelledResponse(invocationId);
      return toFailureResponse(invocationId, error);
    } finally {
      this.#running.delete(invocationId);
      if (this.#running.size === 0) this.#tellIdle();
    }
  }

  /**
   * Breaks off what can be: a request or response that is being streamed, and what listens to the context's signal. A function itself
   * can't be stopped, and its invocation ends as the function lets it.
   */
  cancel(invocationId: string): void {
    const running = this.#running.get(invocationId);
    running?.cancellation.happen();
    running?.streamed?.cancel();
  }

  /** Resolves once nothing runs. */
  idle(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  async #invoke(
    invocationId: string,
    request: InvocationRequest,
    running: Running,
  ): Promise<CoreInvocationResponse> {
    const app = this.#slot.current;
    const target = findFunction(app, request.functionId ?? '');
    const invocation = new Invocation(invocationId, request, target, this.#log);
    if (app.streamsHttp && target.hasHttpTrigger)
      return this.#invokeStreaming(app, target, invocation, running);
    const model = await app.programmingModel.getInvocationModel(invocation);
    const args = await model.getArguments();
    invocation.context = args.context;
    running.cancellation.showIn(args.context);
    const result = await runFunction(app, target, invocation, model, args);
    return model.getResponse(args.context, result);
  }

  /** The library takes the request from, and writes the response to, its own HTTP server, to which the host forwards. */
  async #invokeStreaming(
    app: FunctionApp,
    target: LoadedFunction,
    invocation: Invocation,
    running: Running,
  ): Promise<CoreInvocationResponse> {
    const { invocationId } = invocation;
    const streamed = new StreamedRequest(invocationId, this.#responses);
    running.streamed = streamed;
    try {
      const model = await app.programmingModel.getInvocationModel(invocation);
      const args = await streamed.argumentsOf(model);
      invocation.context = args.context;
      running.cancellation.showIn(args.context);
      const result = await runFunction(app, target, invocation, model, args);
      const response = await model.getResponse(args.context, streamed.pace(result));
      streamed.complete();
      return response;
    } catch (error) {
      streamed.breakOff();
      throw error;
    }
  }

  #tellIdle(): void {
    const waiting = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of waiting) resolve();
  }
}

function findFunction(app: FunctionApp, functionId: string): LoadedFunction {
  const target = app.find(functionId);
  if (target !== undefined) return target;
  if (app.startError !== undefined) throw app.startError;
  throw new SystemError(`There is no function with the id "${functionId}".`);
}
