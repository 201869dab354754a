import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerFor } from './error-answer.js';
import { hasUnreadBody } from './unread-body.js';

/** Answers every error of the API in one form (`ErrorBody`). */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(ErrorFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const answer = answerFor(error);
    if (answer.isUnforeseen) {
      this.logger.error({ err: error, method: request.method, path: pathOf(request) }, 'A request failed.');
    }
    // Part of an answer has gone out already (a file that broke off): closing the connection is all that is left.
    if (reply.sent) {
      reply.raw.destroy();
      return;
    }
    if (answer.retryAfterSeconds !== undefined) void reply.header('retry-after', answer.retryAfterSeconds);
    if (hasUnreadBody(request.raw)) void reply.header('connection', 'close');
    void reply.code(answer.status).type('application/json').send(answer.body);
  }
}

/** Without the query: it may hold a key. */
function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}
