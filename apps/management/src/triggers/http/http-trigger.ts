import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import type { HttpRequestData } from '#shared/domain/invocation.js';
import { KeyRing } from '../../access/key-ring.js';
import { Catalogue } from '../../catalogue/catalogue.js';
import { SETTINGS, type Settings } from '../../config.js';
import { answerFor } from '../../http/error-answer.js';
import { publicOrigin } from '../../http/public-origin.js';
import { AppCors } from './app-cors.js';
import { CallMetrics } from './call-metrics.js';
import { empty, withHeaders, type PlainResponse } from './function-response.js';
import { FunctionCaller } from './function-caller.js';
import { ConcurrentCalls } from './concurrent-calls.js';
import { preflightAnswer, preflightOf } from './cors.js';
import { sharedHeaders, type HttpFunction } from './http-function.js';
import { OutstandingCalls } from './outstanding-calls.js';
import { ClientGoneError, readBody } from './read-body.js';
import { requestData, targetOf, withoutKey, type RequestTarget } from './request-data.js';
import { functionKeyOf } from './request-preferences.js';
import { RouteTable } from './route-table.js';
import type { RouteMatch } from './routes/route-tree.js';
import { sendResponse } from './send-response.js';
import { isStreamed, isWritten, StreamCaller, type WrittenResponse } from './streams/stream-caller.js';
import { WaitingClient } from './waiting-client.js';

const NO_BODY = Buffer.alloc(0);

/**
 * Turns an HTTP request into a function's call and its answer into the response. It takes the bare request, beside Nest's
 * controllers and Fastify's parsers: thousands of calls a second go through here, and each wants its bytes as they came.
 */
@Injectable()
export class HttpTrigger implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(HttpTrigger.name);
  private readonly outstanding = new OutstandingCalls();
  private table = new RouteTable([]);
  private versions: readonly AppVersion[] = [];
  private unsubscribe: () => void = () => undefined;

  constructor(
    @Inject(SETTINGS)
    private readonly settings: Pick<
      Settings,
      'maxRequestBodyBytes' | 'trustForwardedHeaders' | 'httpWaitSeconds'
    >,
    private readonly catalogue: Catalogue,
    private readonly keys: KeyRing,
    private readonly caller: FunctionCaller,
    private readonly streams: StreamCaller,
    private readonly concurrent: ConcurrentCalls,
    private readonly cors: AppCors,
    private readonly metrics: CallMetrics,
  ) {}

  onModuleInit(): void {
    this.unsubscribe = this.catalogue.subscribe((versions) => this.serve(versions));
  }

  onModuleDestroy(): void {
    this.versions = [];
    this.unsubscribe();
  }

  /** The routes at once, and again when it is known which origins may call them. */
  private serve(versions: readonly AppVersion[]): void {
    this.versions = versions;
    this.table = new RouteTable(versions, (version) => this.cors.of(version));
    void this.cors.follow(versions).then(() => {
      if (this.versions !== versions) return;
      this.table = new RouteTable(versions, (version) => this.cors.of(version));
    });
  }

  /** Answers a request that no route of Nightjar's own has taken. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = targetOf(request.url ?? '/');
    const preflight = request.method === 'OPTIONS' ? this.preflight(request, target) : null;
    if (preflight) return void sendResponse(request, response, preflight);
    const found = this.table.find(request.method ?? 'GET', target.path);
    if (found === 'none') return void sendResponse(request, response, empty(404));
    if (found === 'reserved') return void sendResponse(request, response, unknownRoute(request, target));
    const startedAt = performance.now();
    const answer = await this.answer(request, response, target, found).catch((error: unknown) =>
      this.explain(error),
    );
    if (answer === null) return;
    const status = isWritten(answer)
      ? answer.writtenStatus
      : sendResponse(
          request,
          response,
          withHeaders(answer, sharedHeaders(found.target, request.headers.origin)),
        );
    this.metrics.answered(found.target, status, performance.now() - startedAt);
  }

  private async answer(
    request: IncomingMessage,
    response: ServerResponse,
    target: RequestTarget,
    { target: function_, parameters }: RouteMatch<HttpFunction>,
  ): Promise<PlainResponse | WrittenResponse | null> {
    if (!this.admits(request, target, function_)) return empty(401);
    const origin = publicOrigin(request.headers, this.settings.trustForwardedHeaders);
    if (origin === null) throw new InvalidInputError('The Host header is not a host.');
    const { appId, host } = function_.version;
    if (!this.outstanding.enter(appId, host.http.maxOutstandingRequests)) return empty(429);
    try {
      const shown = function_.authLevel === 'anonymous' ? target : withoutKey(target);
      if (isStreamed(function_, request.headers)) {
        const data = requestData(request, shown, origin, parameters, NO_BODY);
        return await this.stream(function_, data, request, response);
      }
      const body = await readBody(request, this.settings.maxRequestBodyBytes);
      const data = requestData(request, shown, origin, parameters, body);
      const client = new WaitingClient(response);
      return await this.caller.call(function_, data, request.headers, origin, client);
    } finally {
      this.outstanding.leave(appId);
    }
  }

  private async stream(
    function_: HttpFunction,
    data: HttpRequestData,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<PlainResponse | WrittenResponse | null> {
    const { appId, host } = function_.version;
    const most = host.http.maxConcurrentRequests;
    if (most === null) return this.streams.call(function_, data, request, response);
    const waitMs = this.settings.httpWaitSeconds * 1000;
    await this.concurrent.enter(appId, most, waitMs, new WaitingClient(response));
    try {
      return await this.streams.call(function_, data, request, response);
    } finally {
      this.concurrent.leave(appId);
    }
  }

  /** Null: it is a request like any other, for a function that answers OPTIONS itself. */
  private preflight({ headers }: IncomingMessage, target: RequestTarget): PlainResponse | null {
    const asked = preflightOf(headers);
    if (asked === null) return null;
    const found = this.table.find(asked.method, target.path);
    const cors = typeof found === 'string' ? null : found.target.cors;
    return cors && preflightAnswer(cors, headers);
  }

  private admits(request: IncomingMessage, target: RequestTarget, function_: HttpFunction): boolean {
    const { version, definition, authLevel } = function_;
    if (authLevel === 'anonymous') return true;
    return this.keys.opens(functionKeyOf(request.headers, target.query), {
      appId: version.appId,
      functionName: definition.name,
      level: authLevel,
    });
  }

  /** Null: there is nobody to tell. */
  private explain(error: unknown): PlainResponse | null {
    if (error instanceof ClientGoneError) return null;
    const answer = answerFor(error);
    if (answer.isUnforeseen) this.logger.error({ err: error }, 'A function could not be called.');
    const retry = answer.retryAfterSeconds;
    return json(answer.status, answer.body, retry === undefined ? [] : [['retry-after', String(retry)]]);
  }
}

function unknownRoute(request: IncomingMessage, target: RequestTarget): PlainResponse {
  const message = `There is no ${request.method ?? 'GET'} ${target.path}.`;
  return json(404, { error: { code: 'not_found', message, details: [] } });
}

function json(status: number, body: unknown, headers: PlainResponse['headers'] = []): PlainResponse {
  return {
    status,
    headers: [['content-type', 'application/json; charset=utf-8'], ...headers],
    body: JSON.stringify(body),
  };
}
