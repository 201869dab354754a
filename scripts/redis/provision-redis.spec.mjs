import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Supervisor } from '../services/supervisor.mjs';
import { provisionRedis } from './provision-redis.mjs';
import { findRedisServer } from './this-machine.mjs';

/** A machine on which there is nothing. @type {import('./this-machine.mjs').RedisMachine} */
const BARE_MACHINE = {
  environment: {},
  findServer: () => undefined,
  dockerAnswers: async () => false,
  canInstallPackages: () => false,
  installServer: () => {
    throw new Error('nothing can be installed');
  },
  say: () => undefined,
};

describe('provisionRedis', () => {
  let dataFolder = '';
  /** @type {Supervisor} */
  let supervisor;
  const provision = (/** @type {Partial<import('./this-machine.mjs').RedisMachine>} */ machine) =>
    provisionRedis({
      dataFolder,
      logsFolder: join(dataFolder, 'logs'),
      supervisor,
      machine: { ...BARE_MACHINE, ...machine },
    });

  beforeEach(() => {
    dataFolder = mkdtempSync(join(tmpdir(), 'nightjar-redis-'));
    const events = { started: () => undefined, stopped: () => undefined, died: () => undefined };
    supervisor = new Supervisor(events, { restarts: false });
  });
  afterEach(async () => {
    await supervisor.stopAll();
    rmSync(dataFolder, { recursive: true });
  });

  it('runs the program with a password, an append-only file and no eviction', async () => {
    const { url, description } = await provision({ findServer: findRedisServer });
    const redis = new Redis(url);
    try {
      expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
      expect(await redis.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
    } finally {
      redis.disconnect();
    }
    await expect(withoutAnyPassword(url)).rejects.toThrow('NOAUTH');
    expect(statSync(join(dataFolder, 'redis-password')).mode & 0o777).toBe(0o600);
    expect(description).not.toContain(readFileSync(join(dataFolder, 'redis-password'), 'utf8').trim());
  });

  it('keeps the data from one start to the next', async () => {
    const first = await provision({ findServer: findRedisServer });
    await withClient(first.url, (redis) => redis.set('kept', 'yes'));
    await supervisor.stopAll();
    supervisor = new Supervisor(supervisor.events, { restarts: false });
    const second = await provision({ findServer: findRedisServer });
    expect(await withClient(second.url, (redis) => redis.get('kept'))).toBe('yes');
  });

  it('uses the given address and starts nothing', async () => {
    const running = await provision({ findServer: findRedisServer });
    const given = await provision({ environment: { REDIS_URL: running.url } });
    expect(given.url).toBe(running.url);
  });

  it('installs the package where nothing else is there, and runs what it brought', async () => {
    let installed = false;
    const { description } = await provision({
      canInstallPackages: () => true,
      installServer: () => (installed = true),
      findServer: () => (installed ? findRedisServer() : undefined),
    });
    expect(description).toContain('started here');
  });

  it('says that the given address does not answer, and tries nothing else', async () => {
    const wanted = provision({
      environment: { REDIS_URL: 'redis://127.0.0.1:1' },
      findServer: findRedisServer,
    });
    await expect(wanted).rejects.toThrow('REDIS_URL names (redis://127.0.0.1:1)');
  }, 20_000);

  it('says why the program ended, and where its log is', async () => {
    await expect(provision({ findServer: () => '/bin/false' })).rejects.toThrow(/\/bin\/false.*redis\.log/);
  });

  it('says what to do where there is no way', async () => {
    await expect(provision({})).rejects.toThrow('apt-get install redis-server');
  });
});

/** @param {string} url @returns {Promise<string>} */
function withoutAnyPassword(url) {
  const { host } = new URL(url);
  return withClient(`redis://${host}`, (redis) => redis.ping());
}

/**
 * @template T
 * @param {string} url
 * @param {(redis: Redis) => Promise<T>} use
 */
async function withClient(url, use) {
  const redis = new Redis(url);
  redis.on('error', () => undefined); // The rejected promises tell of it.
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}
