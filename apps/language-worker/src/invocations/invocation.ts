import type { InvocationRequest } from '#shared/contracts/function-rpc/messages.js';
import type { LoadedFunction } from '../app/function-app.js';
import type {
  CoreFunctionMetadata,
  CoreInvocationContext,
  InvocationState,
  LogCategory,
  LogLevel,
} from '../core-module/core-types.js';
import type { LogScope, LogSender } from '../log-sender.js';
import { toCoreRequest } from './core-request.js';

/** One call of a function: what its programming model is told of it, and where its log lines belong. */
export class Invocation implements CoreInvocationContext, LogScope {
  readonly invocationId: string;
  readonly metadata: CoreFunctionMetadata;
  readonly logCategory: string;
  request: InvocationRequest;
  state?: InvocationState | undefined;
  context: unknown;
  readonly #logSender: LogSender;

  constructor(invocationId: string, request: InvocationRequest, target: LoadedFunction, log: LogSender) {
    this.invocationId = invocationId;
    this.metadata = target.metadata;
    this.logCategory = target.logCategory;
    this.request = toCoreRequest(request);
    this.#logSender = log;
  }

  log(level: LogLevel, category: LogCategory, message: string): void {
    this.#logSender.write(level, category, message, this);
  }
}
