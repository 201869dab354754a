import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Redis writes its last data on SIGTERM: with millions of jobs that takes seconds. */
const STOP_GRACE_MS = 20_000;

/**
 * How to run a Redis of our own: reachable from this machine only, with a password (functions run here too, and have
 * no business in the queue), keeping everything on disk, throwing nothing away when memory is short.
 * @param {{ program: string, port: number, password: string, folder: string, logFile: string }} wanted
 * @returns {import('../services/service-process.mjs').ServiceDefinition}
 */
export function redisServerDefinition({ program, port, password, folder, logFile }) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    name: 'redis',
    command: program,
    args: ['-'], // The configuration comes by stdin: arguments can be read by everybody on the machine.
    input: redisConfiguration({ port, password, folder }),
    cwd: folder,
    logFile,
    graceMs: STOP_GRACE_MS,
  };
}

/** @param {{ port: number, password: string, folder: string }} settings */
export function redisConfiguration({ port, password, folder }) {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${folder}"`,
    'daemonize no',
    'appendonly yes',
    'appendfsync everysec',
    'maxmemory-policy noeviction',
    'save ""', // The append-only file holds everything: snapshots beside it would only cost.
    '',
  ].join('\n');
}

/** @param {string} dataFolder */
export function redisFolderOf(dataFolder) {
  return join(dataFolder, 'redis');
}
