import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { HttpHeader } from '#shared/domain/http-headers.js';
import { sameSecret } from '../../../access/keys.js';
import { OpenStream } from './open-stream.js';

const TOKEN_BYTES = 32;

/** The streamed calls whose clients' connections this instance holds. */
@Injectable()
export class OpenStreams {
  private readonly streams = new Map<string, OpenStream>();

  /** The caller must `close` it. */
  open(
    id: string,
    request: IncomingMessage,
    response: ServerResponse,
    customHeaders: readonly HttpHeader[],
  ): OpenStream {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const stream = new OpenStream(token, request, response, customHeaders);
    this.streams.set(id, stream);
    return stream;
  }

  /** Undefined when there is none, or the token is another's. */
  find(id: string, token: string): OpenStream | undefined {
    const stream = this.streams.get(id);
    return stream && sameSecret(token, stream.token) ? stream : undefined;
  }

  close(id: string): void {
    this.streams.get(id)?.close();
    this.streams.delete(id);
  }
}
