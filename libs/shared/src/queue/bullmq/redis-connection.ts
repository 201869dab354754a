import { Redis } from 'ioredis';

/** Where Redis is, and the prefix of every key that Nightjar makes in it. */
export interface QueueSettings {
  readonly redisUrl: string;
  readonly keyPrefix: string;
}

/** Deliberately long: a Redis that answers late is still a Redis; only one that hangs must not hold a client for ever. */
const COMMAND_TIMEOUT_MS = 5_000;
const RECONNECT_DELAY_MAX_MS = 2_000;

function reconnectDelayMs(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt, 10), RECONNECT_DELAY_MAX_MS);
}

/** For callers that somebody waits for: a command fails at once while there is no connection. */
export function openProducerConnection(settings: QueueSettings): Redis {
  return new Redis(settings.redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: COMMAND_TIMEOUT_MS,
    enableAutoPipelining: true,
    retryStrategy: reconnectDelayMs,
  });
}

/**
 * For consumers and subscribers: they wait until Redis is back (BullMQ demands `maxRetriesPerRequest: null`).
 * @param isClosing asked before each new try, also by the duplicates that BullMQ makes of the connection: without it they would
 * go on for ever after a stop while Redis is down
 */
export function openConsumerConnection(settings: QueueSettings, isClosing: () => boolean): Redis {
  return new Redis(settings.redisUrl, {
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => (isClosing() ? null : reconnectDelayMs(attempt)),
  });
}

/** Closes a connection politely where Redis answers, and at once where it does not. */
export async function closeConnection(connection: Redis): Promise<void> {
  if (connection.status === 'ready') {
    const deadline = new Promise((resolve) => setTimeout(resolve, 500).unref());
    await Promise.race([connection.quit().catch(() => undefined), deadline]);
  }
  connection.disconnect();
}
