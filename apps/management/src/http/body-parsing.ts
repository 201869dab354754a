import { HttpException } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { InvalidInputError, TooLargeError } from '#shared/domain/errors.js';

/** API bodies are small; what is large (packages, batch inputs) is streamed. */
const MAX_JSON_BYTES = 2 ** 20;

/**
 * A route that takes its body as it comes says `@RouteConfig(STREAMED_BODY)` and reads `request.raw`, whatever the client's
 * `Content-Type` and `Content-Encoding` claim: deployment clients send zips as `application/x-www-form-urlencoded` (curl) or
 * with `Content-Encoding: utf-8` (Visual Studio).
 */
export const STREAMED_BODY = { body: 'stream' } as const;

/** Replaces Fastify's body parsers: JSON for the API, nothing at all for routes that stream. Call it before routes are made. */
export function registerBodyParsing(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/octet-stream', (request, payload, done) => {
    if (isStreamed(request.routeOptions)) done(null, undefined);
    else readJson(request, payload, parseJson, done);
  });
  fastify.addContentTypeParser('*', (request, payload, done) => readJson(request, payload, parseJson, done));
  // Fastify answers 415 to a Content-Type that is not even one; a route that streams does not care.
  fastify.addHook('onRoute', (route: RouteOptions) => {
    if (isStreamed(route)) route.onRequest = [route.onRequest ?? [], ignoreContentType].flat();
  });
}

type Done = (error: Error | null, body?: unknown) => void;
type JsonParser = ReturnType<FastifyInstance['getDefaultJsonParser']>;

function isStreamed(route: { readonly config?: unknown }): boolean {
  return (route.config as { body?: string } | undefined)?.body === STREAMED_BODY.body;
}

function ignoreContentType(request: FastifyRequest, _reply: unknown, done: () => void): void {
  request.raw.headers['content-type'] = 'application/octet-stream';
  done();
}

function readJson(
  request: FastifyRequest,
  payload: AsyncIterable<Buffer>,
  parse: JsonParser,
  done: Done,
): void {
  const parsed: Done = (error, body) =>
    error
      ? done(new InvalidInputError(`The body is not valid JSON: ${withoutContent(error.message)}`))
      : done(null, body);
  readText(request, payload).then(
    // An empty body is no body: DELETE and POST with a JSON content type and nothing in it are customary.
    (text) => void (text === '' ? done(null, undefined) : parse(request, text, parsed)),
    (error: Error) => done(error),
  );
}

async function readText(request: FastifyRequest, payload: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of payload) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_JSON_BYTES) {
      throw new TooLargeError('JSON body', MAX_JSON_BYTES);
    }
    chunks.push(chunk);
  }
  if (sizeBytes > 0 && !isJson(request.headers['content-type'])) {
    throw new HttpException('The body must be JSON: send Content-Type: application/json.', 415);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType ?? '');
}

/** What the body says is no business of a message: it may be a secret. */
function withoutContent(message: string): string {
  return message.replace(/, (\.\.\.)?".*"(\.\.\.)? is not valid JSON$/s, ' came where it does not belong');
}
