import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { v4App, type AppFiles } from '../support/app-files.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(180_000);

const soon = { timeoutMs: 90_000 };

/** Words that are nowhere else in the world. */
const canary = (): string => `canary-${randomBytes(12).toString('hex')}`;
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Looks at its settings when it is loaded, and tells of one without saying it. */
function vaultApp(): Promise<AppFiles> {
  return v4App({
    'host.json': '{"version": "2.0"}',
    'package.json': '{"main": "index.js"}',
    'index.js': `
      const { app } = require('@azure/functions');
      const { createHash } = require('node:crypto');
      if (!process.env.DB_PASSWORD) throw new Error('There is no password.');
      const digest = () => createHash('sha256').update(process.env.DB_PASSWORD).digest('hex');
      app.http('digest', { authLevel: 'anonymous', handler: async () => ({ body: digest() }) });
      app.http('broken', { authLevel: 'anonymous', handler: async () => { throw new Error('broken'); } });
      app.timer('nightly', { schedule: '%NIGHTLY%', handler: async () => {} });`,
  });
}

describe("An app's settings", () => {
  const [first, second] = [canary(), canary()];
  const answers: string[] = [];
  let stack: Stack;

  beforeAll(async () => {
    stack = await Stack.start({
      managementSettings: { LOG_LEVEL: 'trace' },
      workerSettings: { LOG_LEVEL: 'trace', NIGHTJAR_PREWARMED_CONTAINERS: '1' },
    });
  });
  afterAll(() => stack.stop());

  const ask = async (method: string, path: string, body?: unknown): Promise<[number, string]> => {
    const answer = await fetch(stack.url + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    answers.push(text);
    return [answer.status, text];
  };
  const set = async (settings: Record<string, string | null>): Promise<void> =>
    expect((await ask('PATCH', '/api/v1/apps/vault/settings', settings))[0]).toBe(200);
  const call = (name: string): Promise<[number, string]> => ask('GET', `/apps/vault/api/${name}`);
  const schedule = async (): Promise<unknown> =>
    JSON.parse((await ask('GET', '/api/v1/apps/vault/functions/nightly/schedule'))[1]);

  it('are there when it is loaded, when it is called, and in its timers', async () => {
    await set({ DB_PASSWORD: first, NIGHTLY: '0 0 2 * * *' });
    await publishApp(stack.url, 'vault', await vaultApp());
    expect(await call('digest')).toEqual([200, digestOf(first)]);
    expect(await schedule()).toMatchObject({ declaredAs: '%NIGHTLY%', expression: '0 0 2 * * *' });
    expect((await call('broken'))[0]).toBe(500);
  });

  it('reach new work within seconds when they change, and its timers at once', async () => {
    await set({ DB_PASSWORD: second, NIGHTLY: '0 30 3 * * *' });
    expect(await schedule()).toMatchObject({ expression: '0 30 3 * * *' });
    await waitFor(async () => (await call('digest'))[1] === digestOf(second), soon);
    const [status, text] = await ask('PATCH', '/api/v1/apps/vault/settings', { NIGHTLY: null });
    expect([status, text]).toEqual([400, expect.stringContaining('NIGHTLY')]);
  });

  it('disable a function, and enable it again', async () => {
    await set({ 'AzureWebJobs.digest.Disabled': 'true' });
    await waitFor(async () => (await call('digest'))[0] === 404, soon);
    await set({ 'AzureWebJobs.digest.Disabled': null });
    await waitFor(async () => (await call('digest'))[0] === 200, soon);
  });

  it('are written nowhere: no log, file, database, queue or answer has a value', async () => {
    await ask('PATCH', '/api/v1/apps/vault/settings', { 'not a name': second });
    await ask('PUT', '/api/v1/apps/vault/settings/DB_PASSWORD', { value: [second] });
    await ask('GET', '/api/v1/apps/vault/settings');
    await ask('GET', '/apps/vault/api/settings');
    const written = [...(await contentsBelow(dataFolder())), ...(await contentsBelow(await redisFolder()))];
    const having = (word: string): string[] =>
      [...written, ...answers.map((text) => ({ path: 'an answer', content: Buffer.from(text) }))]
        .filter(({ content }) => content.includes(word))
        .map(({ path }) => path);
    // What is looked for would be found: the name is in the database, the function's name in the queue's file and in answers.
    expect(having('DB_PASSWORD').join()).toMatch(/nightjar\.db/);
    expect(having('digest').join()).toMatch(/aof[^,]*,.*an answer/);
    for (const secret of [first, second])
      for (const form of [
        secret,
        Buffer.from(secret).toString('base64'),
        Buffer.from(secret).toString('hex'),
      ])
        expect(having(form)).toEqual([]);
  });

  /** All that management, the worker and the containers write. */
  const dataFolder = (): string => dirname(dirname(stack.databaseUrl.replace(/^sqlite:/, '')));

  async function redisFolder(): Promise<string> {
    const client = new Redis(stack.redis.url);
    const [, folder] = (await client.config('GET', 'dir')) as [string, string];
    client.disconnect();
    return folder;
  }
});

async function contentsBelow(folder: string): Promise<{ readonly path: string; readonly content: Buffer }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    files.map(async (path) => ({ path, content: await readFile(path).catch(() => Buffer.alloc(0)) })),
  );
}
