import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { newId } from '#shared/domain/ids.js';
import type { TestInvocation, TestWorker } from './test-worker.js';

/** A streamed call under way, as its host sees it. */
export interface StreamedCall {
  readonly invocationId: string;
  /** The FunctionRpc side: the function's end. */
  readonly invocation: Promise<TestInvocation>;
  /** The HTTP side, once its head is there; rejects when it breaks off before. */
  readonly response: Promise<IncomingMessage>;
  readonly request: ClientRequest;
}

export interface StreamedCallOptions {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly protocol?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: Readable | Buffer;
}

/** Plays the host's part: the invocation over FunctionRpc, and the request at the server that the library has announced. */
export function callStreamed(
  worker: TestWorker,
  httpUri: string,
  functionId: string,
  options: StreamedCallOptions = {},
): StreamedCall {
  const { method = 'GET', path = '/api/test', headers = {}, query = {}, params = {}, body } = options;
  const invocationId = newId();
  const triggerMetadata = {
    ...Object.fromEntries(Object.entries(params).map(([name, string]) => [name, { string }])),
    Headers: { json: JSON.stringify(headers) },
    Query: { json: JSON.stringify(query) },
  };
  const invocation = worker.trigger(functionId, { http: {} }, { invocationId, triggerMetadata });
  const sent = request(new URL(path, httpUri.replace('localhost', '127.0.0.1')), {
    method,
    headers: {
      'x-ms-invocation-id': invocationId,
      'x-forwarded-host': options.host ?? 'example.org',
      'x-forwarded-proto': options.protocol ?? 'https',
    },
  });
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.on('error', reject);
  });
  // A test may be interested in the other side only.
  response.catch(() => undefined);
  if (body instanceof Readable) body.pipe(sent);
  else sent.end(body);
  return { invocationId, invocation, response, request: sent };
}
