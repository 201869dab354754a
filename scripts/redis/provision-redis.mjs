import { join } from 'node:path';
import { anyFreePort } from '../services/free-port.mjs';
import { keptSecret } from '../services/kept-secret.mjs';
import { checkRedis, withoutPassword } from './redis-check.mjs';
import { startRedisContainer } from './redis-container.mjs';
import { REDIS_ADVICE, waysToRedis } from './redis-plan.mjs';
import { redisFolderOf, redisServerDefinition } from './redis-server.mjs';
import { thisMachine } from './this-machine.mjs';

/**
 * @typedef {object} ProvisionedRedis
 * @property {string} url with its password
 * @property {string} description in words, without the password
 * @property {() => Promise<void>} stop ends what was started besides the supervised services; nothing when none was
 */

const ANSWERS_WITHIN_MS = 30_000;

/**
 * Gets a Redis by the first way that works: the given address, a program on this machine, a container, a package.
 * @param {{ dataFolder: string, logsFolder: string, supervisor: import('../services/supervisor.mjs').Supervisor,
 *   machine?: import('./this-machine.mjs').RedisMachine }} context
 * @returns {Promise<ProvisionedRedis>}
 */
export async function provisionRedis({ dataFolder, logsFolder, supervisor, machine = thisMachine() }) {
  const ways = waysToRedis({
    redisUrl: machine.environment.REDIS_URL,
    serverProgram: machine.findServer(),
    dockerAnswers: await machine.dockerAnswers(),
    canInstallPackages: machine.canInstallPackages(),
  });
  const failures = [];
  for (const way of ways) {
    try {
      return await take(way, { dataFolder, logsFolder, supervisor, machine });
    } catch (error) {
      failures.push(`${inWords(way)}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new Error([...failures, REDIS_ADVICE].join('\n'));
}

/**
 * @typedef {{ dataFolder: string, logsFolder: string, supervisor: import('../services/supervisor.mjs').Supervisor,
 *   machine: import('./this-machine.mjs').RedisMachine }} Context
 * @param {import('./redis-plan.mjs').RedisWay} way
 * @param {Context} context
 * @returns {Promise<ProvisionedRedis>}
 */
async function take(way, context) {
  switch (way.kind) {
    case 'given':
      return useGiven(way.url, context);
    case 'program':
      return runProgram(way.program, context);
    case 'container':
      return runContainer(context);
    case 'package':
      return installAndRun(context);
  }
}

/** @param {string} url @param {Context} context */
async function useGiven(url, { machine }) {
  const { version, warnings } = await checkRedis(url, { timeoutMs: 5_000 });
  for (const warning of warnings) machine.say(warning);
  return { url, description: `Redis ${version} at ${withoutPassword(url)}`, stop: async () => undefined };
}

/** @param {string} program @param {Context} context */
async function runProgram(program, { dataFolder, logsFolder, supervisor }) {
  const port = await anyFreePort();
  const password = keptSecret(join(dataFolder, 'redis-password'));
  const folder = redisFolderOf(dataFolder);
  const logFile = join(logsFolder, 'redis.log');
  const server = supervisor.add(redisServerDefinition({ program, port, password, folder, logFile }));
  const url = `redis://:${password}@127.0.0.1:${port}`;
  const { version } = await checkRedis(url, {
    timeoutMs: ANSWERS_WITHIN_MS,
    stillWorth: () => server.isRunning,
  }).catch((error) => {
    throw new Error(`${program} does not answer (${error.message}); see ${logFile}`, { cause: error });
  });
  const description = `Redis ${version} at ${withoutPassword(url)}, started here, data in ${folder}`;
  return { url, description, stop: async () => undefined };
}

/** @param {Context} context */
async function runContainer({ dataFolder, machine }) {
  const password = keptSecret(join(dataFolder, 'redis-password'));
  const folder = redisFolderOf(dataFolder);
  const image = machine.environment.NIGHTJAR_REDIS_IMAGE;
  const { port, stop } = await startRedisContainer({ folder, password, image });
  const url = `redis://:${password}@127.0.0.1:${port}`;
  try {
    const { version } = await checkRedis(url, { timeoutMs: ANSWERS_WITHIN_MS });
    return { url, description: `Redis ${version} in a container, data in ${folder}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param {Context} context */
async function installAndRun(context) {
  context.machine.installServer();
  const program = context.machine.findServer();
  if (!program) throw new Error('the package is installed, but there is no redis-server on PATH');
  return runProgram(program, context);
}

/** @param {import('./redis-plan.mjs').RedisWay} way */
function inWords(way) {
  switch (way.kind) {
    case 'given':
      return `The Redis that REDIS_URL names (${withoutPassword(way.url)})`;
    case 'program':
      return way.program;
    case 'container':
      return 'Redis in a container';
    case 'package':
      return 'The Debian package redis-server';
  }
}
