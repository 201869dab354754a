import { join } from 'node:path';
import { dataFolderOf } from '../setup/repository.mjs';

const DEFAULT_PORT = 7070;

/**
 * @typedef {object} StartSettings
 * @property {string} dataFolder
 * @property {string} logsFolder
 * @property {number} port
 * @property {boolean} portIsGiven a given port is not exchanged for another
 * @property {string | undefined} redisUrl
 * @property {string | undefined} databaseUrl
 * @property {string | undefined} workerKey
 * @property {string | undefined} adminKey
 */

/**
 * What the environment says about a start. Two customary variables have a second name: they are the services' own.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {StartSettings}
 * @throws {Error} which names the variable
 */
export function startSettings(environment) {
  const dataFolder = dataFolderOf(environment);
  const port = environment.PORT || environment.NIGHTJAR_PORT;
  return Object.freeze({
    dataFolder,
    logsFolder: join(dataFolder, 'logs'),
    port: port ? asPort(port) : DEFAULT_PORT,
    portIsGiven: Boolean(port),
    redisUrl: environment.REDIS_URL || environment.NIGHTJAR_REDIS_URL || undefined,
    databaseUrl: environment.DATABASE_URL || environment.NIGHTJAR_DATABASE_URL || undefined,
    workerKey: environment.NIGHTJAR_WORKER_KEY || undefined,
    adminKey: environment.NIGHTJAR_ADMIN_KEY || undefined,
  });
}

/** @param {string} text */
function asPort(text) {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`PORT is ${text}: it must be 1 to 65535`);
  return port;
}

/**
 * The environment of the services: ours, without what npm adds for scripts, and without second names of what is set here.
 * @param {NodeJS.ProcessEnv} environment
 * @param {Record<string, string>} additions
 * @returns {NodeJS.ProcessEnv}
 */
export function serviceEnvironment(environment, additions) {
  const kept = Object.entries(environment).filter(([name]) => !/^npm_/i.test(name) && !SET_HERE.has(name));
  return { ...Object.fromEntries(kept), ...additions };
}

const SET_HERE = new Set([
  'PORT',
  'NIGHTJAR_PORT',
  'NIGHTJAR_HOST',
  'REDIS_URL',
  'NIGHTJAR_REDIS_URL',
  'DATABASE_URL',
  'NIGHTJAR_DATABASE_URL',
  'NIGHTJAR_DATA_DIR',
  'NIGHTJAR_MANAGEMENT_URL',
  'NIGHTJAR_WORKER_KEY',
  'NIGHTJAR_WORKER_KEY_FILE',
]);
