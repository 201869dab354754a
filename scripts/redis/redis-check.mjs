import { setTimeout as sleep } from 'node:timers/promises';

const OLDEST_MAJOR = 7;
const TRY_AGAIN_MS = 100;

/**
 * Waits until a Redis answers and says whether it will do.
 * @param {string} url
 * @param {{ timeoutMs: number, stillWorth?: () => boolean }} options stillWorth false ends the waiting at once
 * @returns {Promise<{ version: string, warnings: string[] }>}
 * @throws {Error} when it does not answer in time, or is too old
 */
export async function checkRedis(url, { timeoutMs, stillWorth = () => true }) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return judge(await readInfo(url));
    } catch (error) {
      const final = error instanceof UnfitRedis || !stillWorth() || performance.now() > deadline;
      if (final) throw error;
      await sleep(TRY_AGAIN_MS);
    }
  }
}

/** Thrown when a Redis answers but can't be used. */
class UnfitRedis extends Error {}

/**
 * @param {string} info the text of INFO
 * @returns {{ version: string, warnings: string[] }}
 */
export function judge(info) {
  const fields = new Map(
    info.split(/\r?\n/).map((line) => /** @type {[string, string]} */ (line.split(':', 2))),
  );
  const version = fields.get('redis_version') ?? '0';
  if (Number(version.split('.')[0]) < OLDEST_MAJOR) {
    throw new UnfitRedis(`Redis ${version} is too old: Nightjar needs version ${OLDEST_MAJOR} or newer`);
  }
  const policy = fields.get('maxmemory_policy');
  const warnings =
    policy === undefined || policy === 'noeviction'
      ? []
      : [`Redis has maxmemory-policy ${policy}: it may throw queued work away; set it to noeviction`];
  return { version, warnings };
}

/** @param {string} url */
async function readInfo(url) {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 2_000 });
  /** @type {Error | undefined} */
  let trouble;
  redis.on('error', (error) => (trouble = error));
  try {
    await redis.connect();
    return await redis.info();
  } catch (error) {
    throw trouble ?? error; // The event says why; the promise only says "Connection is closed".
  } finally {
    // On a connection that has ended already, this would only start a timer of 2 s.
    if (redis.status !== 'end') redis.disconnect();
  }
}

/**
 * An address that may be shown: without its password.
 * @param {string} url
 */
export function withoutPassword(url) {
  const shown = new URL(url);
  if (shown.password) shown.password = '…';
  return decodeURI(shown.href);
}
