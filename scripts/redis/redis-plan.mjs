/**
 * @typedef {object} RedisFacts what is known of the machine
 * @property {string | undefined} redisUrl REDIS_URL
 * @property {string | undefined} serverProgram redis-server or valkey-server, absolute path
 * @property {boolean} dockerAnswers
 * @property {boolean} canInstallPackages Debian, as root
 *
 * @typedef {{ kind: 'given', url: string } | { kind: 'program', program: string } | { kind: 'container' }
 *   | { kind: 'package' }} RedisWay
 */

/**
 * The ways to a Redis on this machine, the best first. A given address excludes all others: whoever names a Redis
 * wants that one, and must hear when it does not answer.
 * @param {RedisFacts} facts
 * @returns {RedisWay[]} empty: there is no way
 */
export function waysToRedis({ redisUrl, serverProgram, dockerAnswers, canInstallPackages }) {
  if (redisUrl) return [{ kind: 'given', url: redisUrl }];
  if (serverProgram) return [{ kind: 'program', program: serverProgram }];
  /** @type {RedisWay[]} */
  const ways = [];
  if (dockerAnswers) ways.push({ kind: 'container' });
  if (canInstallPackages) ways.push({ kind: 'package' });
  return ways;
}

/** What to do where no way leads to Redis; one sentence a line. */
export const REDIS_ADVICE = [
  'Nightjar needs Redis 7 (or Valkey). Do one of these and start again:',
  '  - install it: apt-get install redis-server, dnf install valkey, brew install redis',
  '  - start a Docker engine: Nightjar then runs Redis in a container',
  '  - set REDIS_URL to one that runs already, such as redis://127.0.0.1:6379',
].join('\n');
