import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerFor } from '../http/error-answer.js';

/** Whose statuses say all that Azure's host says. */
const BARE = [401, 403, 404];

/** Answers the errors of the runtime's own routes as Azure's host does: nothing but the status, or a sentence as text. */
@Catch()
export class AzureErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(AzureErrorFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const answer = answerFor(error);
    // Without the path's query, in which a key may be.
    if (answer.isUnforeseen) {
      const { method, url } = http.getRequest<FastifyRequest>();
      this.logger.error({ err: error, method, path: url.split('?', 1)[0] }, 'A request failed.');
    }
    if (answer.retryAfterSeconds !== undefined) void reply.header('retry-after', answer.retryAfterSeconds);
    void reply.code(answer.status);
    if (BARE.includes(answer.status)) void reply.send();
    else void reply.type('text/plain; charset=utf-8').send(answer.body.error.message);
  }
}
