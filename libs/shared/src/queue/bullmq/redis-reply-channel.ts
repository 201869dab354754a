import type { Redis } from 'ioredis';
import type { Reply } from '../../contracts/replies.js';
import { newId } from '../../domain/ids.js';
import { ReplyInbox, ReplySender } from '../reply-channel.js';
import {
  closeConnection,
  openConsumerConnection,
  openProducerConnection,
  type QueueSettings,
} from './redis-connection.js';

function channelOf(settings: QueueSettings, address: string): string {
  return `${settings.keyPrefix}:reply:${address}`;
}

/** The pattern of all of them. */
export function replyChannels(keyPrefix: string): string {
  return `${keyPrefix}:reply:*`;
}

/**
 * `ReplyInbox` on Redis' publish and subscribe: one channel per management instance, nothing kept. A reply that is lost
 * (Redis restarts at that moment) costs its client a wait, not the work: the outcome stands in SQL.
 */
export class RedisReplyInbox extends ReplyInbox {
  readonly address = newId();
  readonly #waiters = new Map<string, Waiter[]>();
  #connection: Redis | undefined;
  #closing = false;

  constructor(private readonly settings: QueueSettings) {
    super();
  }

  async open(): Promise<void> {
    const connection = openConsumerConnection(this.settings, () => this.#closing);
    connection.on('error', () => undefined);
    connection.on('message', (_channel: string, text: string) => this.#deliver(JSON.parse(text) as Reply[]));
    this.#connection = connection;
    // While Redis is down this waits in ioredis' queue; a start must not.
    const subscribed = connection.subscribe(channelOf(this.settings, this.address)).catch(() => undefined);
    await Promise.race([subscribed, new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
  }

  expect(id: string, timeoutMs: number): { reply: Promise<Reply | null>; cancel(): void } {
    const { promise, resolve } = Promise.withResolvers<Reply | null>();
    const settle: Waiter = (reply) => {
      clearTimeout(timer);
      resolve(reply);
    };
    const giveUp = (): void => {
      this.#forget(id, settle);
      settle(null);
    };
    const timer = setTimeout(giveUp, timeoutMs);
    // Two callers of one id (the same Idempotency-Key twice) both get the reply.
    const others = this.#waiters.get(id);
    if (others) others.push(settle);
    else this.#waiters.set(id, [settle]);
    return { reply: promise, cancel: giveUp };
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const id of [...this.#waiters.keys()]) this.#settle(id, null);
    if (this.#connection) await closeConnection(this.#connection);
  }

  #deliver(replies: readonly Reply[]): void {
    for (const reply of replies) this.#settle(reply.id, reply);
  }

  #settle(id: string, reply: Reply | null): void {
    const waiters = this.#waiters.get(id);
    this.#waiters.delete(id);
    for (const waiter of waiters ?? []) waiter(reply);
  }

  #forget(id: string, waiter: Waiter): void {
    const left = this.#waiters.get(id)?.filter((other) => other !== waiter) ?? [];
    if (left.length === 0) this.#waiters.delete(id);
    else this.#waiters.set(id, left);
  }
}

type Waiter = (reply: Reply | null) => void;

/** `ReplySender` on Redis' publish: all replies of one turn of the event loop to one instance are one message. */
export class RedisReplySender extends ReplySender {
  readonly #connection: Redis;
  readonly #outgoing = new Map<string, Reply[]>();

  private constructor(private readonly settings: QueueSettings) {
    super();
    this.#connection = openProducerConnection(settings);
    this.#connection.on('error', () => undefined);
  }

  static open(settings: QueueSettings): RedisReplySender {
    return new RedisReplySender(settings);
  }

  send(address: string, reply: Reply): void {
    if (this.#outgoing.size === 0) queueMicrotask(() => this.#flush());
    const replies = this.#outgoing.get(address);
    if (replies) replies.push(reply);
    else this.#outgoing.set(address, [reply]);
  }

  async close(): Promise<void> {
    this.#flush();
    await closeConnection(this.#connection);
  }

  #flush(): void {
    for (const [address, replies] of this.#outgoing) {
      this.#connection
        .publish(channelOf(this.settings, address), JSON.stringify(replies))
        .catch(() => undefined);
    }
    this.#outgoing.clear();
  }
}
