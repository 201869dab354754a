import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { InvocationReply } from '#shared/contracts/replies.js';
import { ReplyInbox } from '#shared/queue/reply-channel.js';
import { InvocationStore } from '#shared/store/invocation-store.js';
import { replyFrom } from './call-result.js';
import type { CallResult } from './call-result.js';

/** The first look at SQL comes soon, since most functions are quick; later ones are rarer, since this one is not. */
const FIRST_POLL_MS = 10;
const LONGEST_POLL_MS = 1000;

/**
 * Waits for the end of an invocation that was promised (has a row), whoever asked for it first: by the reply when it comes
 * to this instance, and by looking into SQL in growing steps for when it went to another instance, or came before anybody
 * listened.
 */
@Injectable()
export class OutcomeWaiter {
  constructor(
    private readonly inbox: ReplyInbox,
    private readonly invocations: InvocationStore,
  ) {}

  /** Throws `UnavailableError` when SQL does not answer and no reply came before. */
  async waitFor(id: string, waitMs: number): Promise<CallResult> {
    const waiter = this.inbox.expect(id, waitMs);
    const settled = new AbortController();
    try {
      const replied = waiter.reply.then((reply) => (reply?.kind === 'invocation' ? reply : null));
      const reply = await Promise.race([replied, this.poll(id, waitMs, settled.signal)]);
      return reply ? { state: 'replied', id, reply } : { state: 'stillRunning', id };
    } finally {
      settled.abort();
      waiter.cancel();
    }
  }

  private async poll(id: string, waitMs: number, settled: AbortSignal): Promise<InvocationReply | null> {
    const endsAt = performance.now() + waitMs;
    for (let stepMs = FIRST_POLL_MS; ; stepMs = Math.min(stepMs * 2, LONGEST_POLL_MS)) {
      const reply = replyFrom(await this.invocations.find(id));
      const leftMs = endsAt - performance.now();
      if (reply || leftMs <= 0 || settled.aborted) return reply;
      await sleep(Math.min(stepMs, leftMs), undefined, { signal: settled }).catch(() => undefined);
    }
  }
}
