import type { Reply } from '../contracts/replies.js';

/** Management's end: waits for the answers to what it enqueued. */
export abstract class ReplyInbox {
  /** This instance's address; workers send to it. */
  abstract readonly address: string;
  abstract open(): Promise<void>;
  /**
   * Registers a waiter; call it *before* the job is enqueued, or an answer can come too early and be lost.
   * The promise resolves with null after `timeoutMs`, or once `cancel` is called. Waiters leave nothing behind.
   * Several waiters of one id each get the reply.
   */
  abstract expect(id: string, timeoutMs: number): { readonly reply: Promise<Reply | null>; cancel(): void };
  abstract close(): Promise<void>;
}

/** A worker's end. Best effort: an answer to an instance that is gone is dropped, the outcome stands in SQL. */
export abstract class ReplySender {
  abstract send(address: string, reply: Reply): void;
  abstract close(): Promise<void>;
}
