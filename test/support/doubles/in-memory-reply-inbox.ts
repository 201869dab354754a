import type { Reply } from '#shared/contracts/replies.js';
import { ReplyInbox } from '#shared/queue/reply-channel.js';

type Waiter = (reply: Reply | null) => void;

/** A reply inbox in memory; `deliver` is the workers' end. */
export class InMemoryReplyInbox extends ReplyInbox {
  readonly address = 'in-memory';
  private readonly waiters = new Map<Waiter, string>();

  async open(): Promise<void> {}

  expect(id: string, timeoutMs: number): { readonly reply: Promise<Reply | null>; cancel(): void } {
    const { promise, resolve } = Promise.withResolvers<Reply | null>();
    const settle: Waiter = (reply) => {
      clearTimeout(timer);
      this.waiters.delete(settle);
      resolve(reply);
    };
    const timer = setTimeout(() => settle(null), timeoutMs);
    this.waiters.set(settle, id);
    return { reply: promise, cancel: () => settle(null) };
  }

  /** Drops what nobody waits for, as the real one does. */
  deliver(reply: Reply): void {
    for (const [settle, id] of [...this.waiters]) if (id === reply.id) settle(reply);
  }

  /** How many wait: 0 at a test's end. */
  get waiting(): number {
    return this.waiters.size;
  }

  async close(): Promise<void> {
    for (const settle of [...this.waiters.keys()]) settle(null);
  }
}
