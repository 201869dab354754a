import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { newId } from '#shared/domain/ids.js';
import type { HttpRequestData } from '#shared/domain/invocation.js';
import { FAAS } from '#shared/telemetry/faas-attributes.js';
import { isTraceParent } from '#shared/telemetry/trace-context.js';
import { openSpan, SpanKind } from '#shared/telemetry/tracing.js';
import { SETTINGS, type Settings } from '../../../config.js';
import { Dispatcher, type BegunCall } from '../../../dispatch/dispatcher.js';
import { InstanceAddress } from '../../../http/instance-address.js';
import { responseOf, type PlainResponse } from '../function-response.js';
import { sharedHeaders, type HttpFunction } from '../http-function.js';
import { wantsAsync } from '../request-preferences.js';
import type { OpenStream } from './open-stream.js';
import { OpenStreams } from './open-streams.js';

/** A response that has been written already, whole or broken off. */
export interface WrittenResponse {
  readonly writtenStatus: number;
}

export function isWritten(answer: PlainResponse | WrittenResponse): answer is WrittenResponse {
  return 'writtenStatus' in answer;
}

/** A call whose answer is to be kept (for later, or for the same request again) is taken and answered whole. */
export function isStreamed({ version }: HttpFunction, headers: IncomingHttpHeaders): boolean {
  return version.streamsHttp === true && headers['idempotency-key'] === undefined && !wantsAsync(headers);
}

/** As long as for a queue that can't be reached. */
const RETRY_AFTER_SECONDS = 5;

/**
 * No worker began to answer within the time that a client waits. There is no 202 for it: the bodies go through this very
 * connection, and nothing of them could be fetched later.
 */
const TOO_LATE: PlainResponse = {
  status: 504,
  headers: [['retry-after', String(RETRY_AFTER_SECONDS)]],
  body: '',
};

/** Calls functions of apps that stream: request and response go through as they come, of any size. */
@Injectable()
export class StreamCaller {
  private readonly waitMs: number;

  constructor(
    @Inject(SETTINGS) settings: Pick<Settings, 'httpWaitSeconds'>,
    private readonly dispatcher: Dispatcher,
    private readonly streams: OpenStreams,
    private readonly address: InstanceAddress,
  ) {
    this.waitMs = settings.httpWaitSeconds * 1000;
  }

  /**
   * Resolves when the call is over; null when the client has gone before it was answered.
   * Throws `UnavailableError` when the call could not be handed on.
   */
  async call(
    function_: HttpFunction,
    data: HttpRequestData,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<PlainResponse | WrittenResponse | null> {
    const { version, definition } = function_;
    const parent = request.headers['traceparent'];
    const span = openSpan(`${data.method} ${definition.name}`, {
      kind: SpanKind.SERVER,
      parentTraceParent: typeof parent === 'string' && isTraceParent(parent) ? parent : undefined,
      attributes: { [FAAS.trigger]: 'http', [FAAS.functionName]: definition.name },
    });
    const id = newId();
    const stream = this.streams.open(id, request, response, sharedHeaders(function_, request.headers.origin));
    try {
      const begun = await this.dispatcher.beginStreamedCall(id, {
        version,
        definition,
        request: data,
        waitMs: this.waitMs,
        traceParent: span.traceParent,
        stream: { instanceUrl: this.address.url, token: stream.token },
      });
      return await this.outcome(stream, begun);
    } finally {
      this.streams.close(id);
      span.end();
    }
  }

  private async outcome(
    stream: OpenStream,
    begun: BegunCall,
  ): Promise<PlainResponse | WrittenResponse | null> {
    const first = await Promise.race([stream.answer, begun.reply]);
    begun.forget();
    if (first === null || first.kind === 'left') {
      // Only now: a worker that takes the job later finds nobody.
      await begun.withdraw();
      return first === null ? TOO_LATE : null;
    }
    if (first.kind === 'invocation') return responseOf(first);
    if (first.kind === 'ended') return responseOf({ kind: 'invocation', id: '', state: first.state });
    await stream.ended;
    return { writtenStatus: first.status };
  }
}
