import type { IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { HttpRequestData } from '#shared/domain/invocation.js';
import { newId } from '#shared/domain/ids.js';
import { FAAS } from '#shared/telemetry/faas-attributes.js';
import { isTraceParent } from '#shared/telemetry/trace-context.js';
import { openSpan, SpanKind } from '#shared/telemetry/tracing.js';
import { SETTINGS, type Settings } from '../../config.js';
import type { CallResult } from '../../dispatch/call-result.js';
import { Dispatcher } from '../../dispatch/dispatcher.js';
import type { CallClient } from '../../dispatch/job-making.js';
import { invocationStatusPath } from '../../dispatch/invocation-paths.js';
import { ConcurrentCalls } from './concurrent-calls.js';
import { responseOf, type PlainResponse } from './function-response.js';
import type { HttpFunction } from './http-function.js';
import { ClientGoneError } from './read-body.js';
import { idempotencyKeyOf, wantsAsync } from './request-preferences.js';

/** A client that was told 202 is asked not to come back sooner. */
const ASK_AGAIN_SECONDS = 2;

/** A call without a time limit gives its place back after this at the latest: better one too many than a place lost for ever. */
const LONGEST_RUN_SECONDS = 24 * 60 * 60;

/** Who calls what with what, under which trace. */
interface Call {
  readonly function_: HttpFunction;
  readonly request: HttpRequestData;
  readonly traceParent: string;
  readonly client: CallClient;
}

/**
 * Calls a function for an HTTP client, in one of two ways. Usually the call goes straight to the queue while the client waits.
 * With `Idempotency-Key`, or when the client prefers not to wait, it is a row in SQL first: the client may then come back for
 * an answer that it did not wait for, and the same key twice is one invocation.
 */
@Injectable()
export class FunctionCaller {
  private readonly waitMs: number;

  constructor(
    @Inject(SETTINGS) settings: Pick<Settings, 'httpWaitSeconds'>,
    private readonly dispatcher: Dispatcher,
    private readonly concurrent: ConcurrentCalls,
  ) {
    this.waitMs = settings.httpWaitSeconds * 1000;
  }

  /**
   * Throws `UnavailableError` when the call could not be handed on or its turn did not come, `InvalidInputError`, and
   * `ClientGoneError`.
   */
  async call(
    function_: HttpFunction,
    request: HttpRequestData,
    headers: IncomingHttpHeaders,
    origin: string,
    client: CallClient,
  ): Promise<PlainResponse> {
    const idempotencyKey = idempotencyKeyOf(headers);
    const isAsync = wantsAsync(headers);
    const span = openSpan(`${request.method} ${function_.definition.name}`, {
      kind: SpanKind.SERVER,
      parentTraceParent: parentOf(headers),
      attributes: { [FAAS.trigger]: 'http', [FAAS.functionName]: function_.definition.name },
    });
    try {
      const call = { function_, request, client, traceParent: span.traceParent };
      const most = function_.version.host.http.maxConcurrentRequests;
      // What is promised waits in the queue: its client is told 202 now.
      const result = await (most === null || isAsync
        ? this.run(call, idempotencyKey, isAsync)
        : this.runInTurn(call, idempotencyKey, most));
      if (result.state === 'clientGone') throw new ClientGoneError('The client went before its answer.');
      return result.state === 'replied' ? responseOf(result.reply) : accepted(result.id, origin);
    } finally {
      span.end();
    }
  }

  private run(call: Call, idempotencyKey: string | undefined, isAsync: boolean): Promise<CallResult> {
    return idempotencyKey === undefined && !isAsync
      ? this.callNow(call)
      : this.callByRow(call, idempotencyKey, isAsync);
  }

  /** Of an app that limits its calls. */
  private async runInTurn(call: Call, idempotencyKey: string | undefined, most: number): Promise<CallResult> {
    const { appId, host } = call.function_.version;
    await this.concurrent.enter(appId, most, this.waitMs, call.client);
    let isOver = true;
    try {
      const result = await this.run(call, idempotencyKey, false);
      isOver = result.state === 'replied' || (result.state === 'clientGone' && !result.isUnderWay);
      if (!isOver) void this.leaveAtEnd(appId, result.id, host.functionTimeoutSeconds);
      return result;
    } finally {
      if (isOver) this.concurrent.leave(appId);
    }
  }

  /** Nobody waits for the call any more, but it runs and keeps its place. */
  private async leaveAtEnd(appId: string, id: string, timeoutSeconds: number | null): Promise<void> {
    const waitMs = Math.min(timeoutSeconds ?? LONGEST_RUN_SECONDS, LONGEST_RUN_SECONDS) * 1000;
    await this.dispatcher.waitFor(id, waitMs).catch(() => undefined);
    this.concurrent.leave(appId);
  }

  private callNow({ function_, request, client, traceParent }: Call): Promise<CallResult> {
    const { version, definition } = function_;
    const { waitMs } = this;
    return this.dispatcher.callFunction({ version, definition, request, waitMs, traceParent, client });
  }

  private async callByRow(
    { function_, request, traceParent }: Call,
    idempotencyKey: string | undefined,
    isAsync: boolean,
  ): Promise<CallResult> {
    const { version, definition } = function_;
    const newInvocation = {
      id: newId(),
      appId: version.appId,
      appVersionId: version.id,
      functionName: definition.name,
      trigger: 'http',
      input: { kind: 'http', request },
      idempotencyKey,
      traceParent,
    } as const;
    const [invocation] = await this.dispatcher.accept([newInvocation]);
    const id = invocation?.id ?? newInvocation.id;
    return isAsync ? { state: 'stillRunning', id } : this.dispatcher.waitFor(id, this.waitMs);
  }
}

function parentOf(headers: IncomingHttpHeaders): string | undefined {
  const header = headers['traceparent'];
  return typeof header === 'string' && isTraceParent(header) ? header : undefined;
}

function accepted(id: string, origin: string): PlainResponse {
  const statusUrl = `${origin}${invocationStatusPath(id)}`;
  return {
    status: 202,
    headers: [
      ['content-type', 'application/json; charset=utf-8'],
      ['location', statusUrl],
      ['retry-after', String(ASK_AGAIN_SECONDS)],
    ],
    body: JSON.stringify({ id, statusUrl }),
  };
}
