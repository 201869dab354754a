import { status, type ServerDuplexStream } from '@grpc/grpc-js';
import { encodeStreamingMessage } from '#shared/contracts/function-rpc/codec.js';
import type { StreamingMessage } from '#shared/contracts/function-rpc/streaming-message.js';

/** A call of the `EventStream` method. What goes out has been encoded already, so that its size is known beforehand. */
export type EventStreamCall = ServerDuplexStream<StreamingMessage, Buffer>;

/** Thrown when a message is larger than the language worker would take. The stream goes on. */
export class MessageTooLargeError extends Error {
  constructor(
    readonly sizeBytes: number,
    readonly limitBytes: number,
  ) {
    super(`The message is ${sizeBytes} bytes long; the limit is ${limitBytes}.`);
    this.name = 'MessageTooLargeError';
  }
}

/**
 * One stream with a language worker: messages out, messages in, one end.
 *
 * grpc-js ends a stream with an error when it is given a message over its limit, and all invocations with it; hence the check
 * here, for each message.
 */
export class EventStream {
  #onMessage: (message: StreamingMessage) => void = () => undefined;
  readonly #onEnd: ((reason: string) => void)[] = [];
  #endReason: string | undefined;

  constructor(
    private readonly call: EventStreamCall,
    private readonly maxMessageBytes: number,
  ) {
    call.on('data', (message: StreamingMessage) => this.#onMessage(message));
    call.on('end', () => this.end('The language worker closed its stream.'));
    call.on('cancelled', () => this.#end('The connection to the language worker was lost.'));
    call.on('error', (error: Error) =>
      this.#end(`The stream to the language worker failed: ${error.message}.`),
    );
    call.on('close', () => this.#end('The stream to the language worker was closed.'));
  }

  /** Who is told of each message that comes in; replaces who was before. */
  onMessage(listener: (message: StreamingMessage) => void): void {
    this.#onMessage = listener;
  }

  /** Adds who is told of the end: at once, when it is there already. */
  onEnd(listener: (reason: string) => void): void {
    if (this.#endReason === undefined) this.#onEnd.push(listener);
    else listener(this.#endReason);
  }

  /** Does nothing after the end. Throws `MessageTooLargeError`. */
  send(message: StreamingMessage): void {
    if (this.#endReason !== undefined) return;
    const bytes = encodeStreamingMessage(message);
    if (bytes.length > this.maxMessageBytes)
      throw new MessageTooLargeError(bytes.length, this.maxMessageBytes);
    this.call.write(bytes);
  }

  /** Ends it in order: what has been sent still arrives. */
  end(reason: string): void {
    if (this.#endReason !== undefined) return;
    this.call.end();
    this.#end(reason);
  }

  /** Ends it with an error for whoever is at the other end. */
  refuse(reason: string): void {
    if (this.#endReason !== undefined) return;
    this.#onMessage = () => undefined;
    this.#end(reason);
    // grpc-js' way to end a call with a status: it also ends the stream.
    this.call.emit('error', { code: status.UNAUTHENTICATED, details: reason });
  }

  #end(reason: string): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    for (const listener of this.#onEnd.splice(0)) listener(reason);
  }
}
