import type { Reply } from '#shared/contracts/replies.js';
import { ReplyInbox } from '#shared/queue/reply-channel.js';

interface Waiter {
  settle(reply: Reply | null): void;
}

/** A reply inbox in memory; `deliver` is the workers' end. */
export class InMemoryReplyInbox extends ReplyInbox {
  readonly address = 'in-memory';
  private readonly waiters = new Map<string, Waiter>();

  async open(): Promise<void> {}

  expect(id: string, timeoutMs: number): { readonly reply: Promise<Reply | null>; cancel(): void } {
    let settle!: (reply: Reply | null) => void;
    const reply = new Promise<Reply | null>((resolve) => {
      const timer = setTimeout(() => settle(null), timeoutMs);
      settle = (value) => {
        clearTimeout(timer);
        this.waiters.delete(id);
        resolve(value);
      };
    });
    this.waiters.set(id, { settle });
    return { reply, cancel: () => settle(null) };
  }

  /** Drops what nobody waits for, as the real one does. */
  deliver(reply: Reply): void {
    this.waiters.get(reply.id)?.settle(reply);
  }

  /** How many somebodies wait: 0 at a test's end. */
  get waiting(): number {
    return this.waiters.size;
  }

  async close(): Promise<void> {
    for (const waiter of [...this.waiters.values()]) waiter.settle(null);
  }
}
