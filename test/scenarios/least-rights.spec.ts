import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { managementAcl, workerAcl } from '#shared/queue/bullmq/redis-acl.js';
import { WORKER_RIGHTS } from '#shared/store/kysely/worker-rights.js';
import { runBatch } from '../support/batch-api.js';
import { itemApp, itemInput } from '../support/item-app.js';
import { machineInState } from '../support/machine-api.js';
import { preload } from '../support/preload.js';
import { publishApp } from '../support/publish-app.js';
import { startManagement, type RunningManagement } from '../support/management.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { startWorker, type RunningWorker } from '../support/worker.js';

jest.setTimeout(240_000);

const PREFIX = 'nightjar';
const WORKER = { name: 'test-worker', password: 'the-password-of-workers' };
const MANAGEMENT = { name: 'test-management', password: 'the-password-of-management' };

describe('An installation whose parts have the least rights', () => {
  let folder: string;
  let redis: TestRedis;
  let admin: Redis;
  let management: RunningManagement;
  let worker: RunningWorker;
  /** What was started, to be stopped in the opposite order. */
  const stops: (() => unknown)[] = [];
  let rightsFile: string;

  const urlOf = ({ name, password }: typeof WORKER): string =>
    `redis://${name}:${password}@127.0.0.1:${redis.port}`;
  const refusalsOfRedis = async (): Promise<string[]> => {
    const log = (await admin.call('ACL', 'LOG')) as unknown[][];
    // Newer servers than 7.0 are told the client library's name, which nobody needs.
    return log.map((entry) => entry.map(String).join(' ')).filter((text) => !text.includes('client|setinfo'));
  };

  beforeAll(async () => {
    folder = await makeTempFolder('rights');
    stops.push(() => removeFolder(folder));
    rightsFile = join(folder, 'rights.json');
    writeFileSync(rightsFile, JSON.stringify(WORKER_RIGHTS));
    redis = await startRedis();
    stops.push(() => redis.stop());
    admin = new Redis(redis.url);
    stops.push(() => admin.disconnect());
    const lines = [
      managementAcl(MANAGEMENT, PREFIX),
      workerAcl(WORKER, PREFIX, { pool: 'default', os: process.platform === 'win32' ? 'windows' : 'linux' }),
    ];
    for (const line of lines) {
      const [, name = '', ...rules] = line.split(' ');
      expect(await admin.call('ACL', 'SETUSER', name, ...rules)).toBe('OK');
    }
    management = await startManagement({ redisUrl: urlOf(MANAGEMENT) });
    stops.push(() => management.stop());
    const settings = { SQL_RIGHTS: rightsFile, ...preload('sql-rights') };
    worker = await startWorker({ management, redisUrl: urlOf(WORKER), settings });
    stops.push(() => worker.stop());
    await publishApp(management.url, 'items', itemApp());
  });
  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop();
  });

  it('calls functions', async () => {
    const response = await fetch(`${management.url}/apps/items/api/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 7, file: join(folder, 'calls'), ms: 1 }),
    });
    expect(await response.json()).toEqual({ id: 7 });
  });

  it('runs batches', async () => {
    const input = itemInput(join(folder, 'items'), 300, 1);
    const run = await runBatch(management.url, { app: 'items', function: 'item', input }, 120_000);
    expect(run).toMatchObject({ state: 'succeeded', itemsSucceeded: 300 });
  });

  it('refused its parts nothing that they asked for', async () => {
    expect(await refusalsOfRedis()).toEqual([]);
    expect(existsSync(`${rightsFile}.refused`) ? readFileSync(`${rightsFile}.refused`, 'utf8') : '').toBe('');
    await machineInState(management.url, worker.name, 'ready');
  });

  it.each([
    ['all keys', ['KEYS', '*']],
    ['the settings', ['CONFIG', 'GET', '*']],
    ['the users', ['ACL', 'LIST']],
    ['an end to everything', ['FLUSHALL']],
    ["other programs' keys", ['GET', 'another:key']],
    ["another pool's lane", ['LRANGE', `${PREFIX}:gpu.linux.interactive:wait`, '0', '-1']],
    ['what others are sent', ['SUBSCRIBE', `${PREFIX}:reply:somebody`]],
    ["to end others' calls", ['PUBLISH', `${PREFIX}:hangup:default.linux.interactive`, 'a-job']],
    ['the hang-ups of another pool', ['SUBSCRIBE', `${PREFIX}:hangup:gpu.linux.interactive`]],
    ['to send elsewhere', ['PUBLISH', 'another', 'hello']],
    ['a script on a key of others', ['EVAL', "return redis.call('get', KEYS[1])", '1', 'another:key']],
    ['a script on a hidden key', ['EVAL', "return redis.call('get', 'another:key')", '0']],
  ])("refuses a worker's user in Redis %s", async (_what, [command = '', ...args]) => {
    const connection = new Redis(urlOf(WORKER), { lazyConnect: true, retryStrategy: () => null });
    connection.on('error', () => undefined);
    await connection.connect();
    await expect(connection.call(command, ...args)).rejects.toThrow(/NOPERM|permission|can't access/i);
    connection.disconnect();
  });
});
