import { randomUUID } from 'node:crypto';
import type {
  ContentKind,
  StreamingContents,
  StreamingMessage,
} from '#shared/contracts/function-rpc/streaming-message.js';
import { ChannelClosedError, ChannelTimeoutError } from '../language-worker-channel.js';

type Content = Omit<StreamingMessage, 'requestId'>;

interface Pending {
  readonly answerKind: ContentKind;
  readonly resolve: (content: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Questions to a language worker that wait for their answer, by request id. Not for invocations: those are many. */
export class PendingAnswers {
  readonly #pending = new Map<string, Pending>();
  #closedReason: string | undefined;

  constructor(
    private readonly send: (message: StreamingMessage) => void,
    private readonly stepTimeoutSeconds: number,
  ) {}

  /** Throws `ChannelTimeoutError`, `ChannelClosedError`. */
  ask<Kind extends ContentKind>(
    content: Content,
    answerKind: Kind,
    timeoutMs = this.stepTimeoutSeconds * 1000,
  ): Promise<StreamingContents[Kind]> {
    const requestId = randomUUID();
    return new Promise((resolve, reject) => {
      if (this.#closedReason !== undefined) return reject(new ChannelClosedError(this.#closedReason));
      const timer = setTimeout(() => {
        this.#pending.delete(requestId);
        const [question] = Object.keys(content);
        reject(
          new ChannelTimeoutError(`The language worker did not answer ${question} within ${timeoutMs} ms.`),
        );
      }, timeoutMs);
      this.#pending.set(requestId, { answerKind, resolve, reject, timer });
      this.send({ requestId, ...content });
    });
  }

  /** @returns whether the message was an answer that somebody waited for. */
  settle(message: StreamingMessage): boolean {
    const pending = this.#pending.get(message.requestId ?? '');
    const content = pending && message[pending.answerKind];
    if (!pending || content === undefined) return false;
    this.#pending.delete(message.requestId as string);
    clearTimeout(pending.timer);
    pending.resolve(content as never);
    return true;
  }

  /** Nothing will be answered any more. */
  close(reason: string): void {
    this.#closedReason = reason;
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(new ChannelClosedError(reason));
    }
    this.#pending.clear();
  }
}
