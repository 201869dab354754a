import { createHash } from 'node:crypto';
import { InvalidInputError } from '../../domain/errors.js';
import { laneName, type Lane } from '../lane.js';
import { hangUpChannel } from './hang-up-channel.js';
import { replyChannels } from './redis-reply-channel.js';

/** A user of Redis that is to be. */
export interface AclUser {
  readonly name: string;
  readonly password: string;
}

/**
 * What both ends send by themselves: the connection's own commands, and those that run BullMQ's scripts. Not CLIENT SETINFO, which
 * Redis 7.0 does not know and no client needs.
 */
const CONNECTION = [
  ...['auth', 'hello', 'select', 'ping', 'quit', 'info'],
  ...['client|setname', 'eval', 'evalsha', 'bzpopmin'],
] as const;

/**
 * What BullMQ's scripts call: Redis checks each call of a script as if its user had sent it. All of them, since which script calls
 * which is BullMQ's business; they reach no keys but ours.
 */
export const SCRIPT_COMMANDS = [
  ...['del', 'exists', 'persist', 'pexpire', 'pexpireat', 'pttl', 'rename', 'time', 'type', 'unlink'],
  ...['get', 'incr', 'incrby', 'set'],
  ...['hdel', 'hexists', 'hget', 'hgetall', 'hincrby', 'hlen', 'hmget', 'hmset', 'hset'],
  ...['lindex', 'llen', 'lpop', 'lpos', 'lpush', 'lrange', 'lrem', 'lset', 'ltrim'],
  ...['rpop', 'rpoplpush', 'rpush'],
  ...['sadd', 'scard', 'sismember', 'smembers', 'srem'],
  ...['xadd', 'xdel', 'xlen', 'xrange', 'xread', 'xtrim'],
  ...['zadd', 'zcard', 'zcount', 'zlexcount', 'zpopmin', 'zrange', 'zrangebylex', 'zrangebyscore', 'zrem'],
  ...['zremrangebyrank', 'zremrangebyscore', 'zrevrange', 'zrevrangebyscore', 'zscore'],
] as const;

/** The line of management's user for Redis' ACL file: all lanes, the replies that it waits for, and what it tells workers. */
export function managementAcl(user: AclUser, keyPrefix: string): string {
  const keys = [`~${literally(keyPrefix)}:*`];
  const hangUps = `&${literally(keyPrefix)}:hangup:*`;
  return line(user, [...keys, hangUps], keyPrefix, ['subscribe', 'unsubscribe', 'publish']);
}

/**
 * The line of a worker's user: the lanes of its pool and operating system, sending replies, and hearing of clients that have gone. The
 * latter in a selector (Redis 7): it may listen there and not speak, or a stolen worker could end other machines' calls.
 */
export function workerAcl(user: AclUser, keyPrefix: string, lanes: Pick<Lane, 'pool' | 'os'>): string {
  const keys = (['interactive', 'overnight'] as const).map(
    (urgency) => `~${literally(keyPrefix)}:${literally(laneName({ ...lanes, urgency }))}:*`,
  );
  const interactive = hangUpChannel(literally(keyPrefix), {
    pool: literally(lanes.pool),
    os: lanes.os,
    urgency: 'interactive',
  });
  return `${line(user, keys, keyPrefix, ['publish'])} (+subscribe +unsubscribe &${interactive})`;
}

function line(
  { name, password }: AclUser,
  keys: readonly string[],
  keyPrefix: string,
  more: readonly string[],
): string {
  const hash = createHash('sha256').update(password, 'utf8').digest('hex');
  const commands = [...CONNECTION, ...SCRIPT_COMMANDS, ...more].map((command) => `+${command}`);
  const channels = `&${replyChannels(literally(keyPrefix))}`;
  return ['user', name, 'reset', 'on', `#${hash}`, ...keys, channels, ...commands].join(' ');
}

/** As a pattern that means these very characters. Throws `InvalidInputError` for what an ACL line can't hold. */
function literally(text: string): string {
  if (/\s/.test(text))
    throw new InvalidInputError(`"${text}" has white space in it, which Redis' ACL can't express.`);
  return text.replace(/[*?[\]\\^]/g, '\\$&');
}
