import type { StreamingMessage } from '#shared/contracts/function-rpc/streaming-message.js';

/** How the conversation ended: by the host's wish, or because something broke. */
export type StreamEnd = { readonly kind: 'closed' } | { readonly kind: 'broken'; readonly reason: string };

export interface EventStreamListener {
  /** A message of the host. */
  onMessage(message: StreamingMessage): void;
  /** Called once; no message follows. */
  onEnd(end: StreamEnd): void;
}

/** Thrown by `send` when a message is longer than the host accepts. Nothing of it was sent. */
export class MessageTooLongError extends Error {
  constructor(
    readonly messageBytes: number,
    readonly maxMessageBytes: number,
  ) {
    super(`A message of ${messageBytes} bytes is longer than the ${maxMessageBytes} that the host accepts.`);
    this.name = 'MessageTooLongError';
  }
}

/** The one stream between this language worker and its host. */
export abstract class EventStream {
  /** Connects. Messages may be sent at once: they wait until the connection stands. */
  abstract open(listener: EventStreamListener): void;

  /**
   * Sends a message. What is sent in one turn of the event loop travels together, in this order.
   * @throws MessageTooLongError
   */
  abstract send(message: StreamingMessage): void;

  /** Says that no message follows, and resolves when everything has left and the host has closed its side. */
  abstract finish(): Promise<void>;
}
