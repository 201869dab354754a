import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newId } from '#shared/domain/ids.js';
import type { ContainerRuntime } from '../../../apps/worker/src/containers/container-runtime.js';
import type { LanguageWorkerFiles } from '../../../apps/worker/src/containers/language-worker-command.js';
import type { PoolResult, PoolSettings } from '../../../apps/worker/src/containers/pool/app-host-pool.js';
import { ProcessContainerRuntime } from '../../../apps/worker/src/containers/process/process-container-runtime.js';
import { leastEnvironment } from '../../../apps/worker/src/containers/process/process-settings.js';
import { v4App, writeFiles, type AppFiles } from '../../support/app-files.js';
import { ContainerPool } from '../../support/container-pool.js';
import { makeTempFolder, removeFolder } from '../../support/temp-folder.js';
import { waitFor } from '../../support/wait-for.js';
import { TestInstallation } from './docker-under-test.js';

Logger.overrideLogger(false);
// An engine on a busy machine takes seconds for what it else does in a moment.
jest.setTimeout(180_000);

/** Tests run from the repository's root, as npm runs scripts. */
const BUNDLER = join(process.cwd(), 'scripts/bundle-language-worker.mjs');
const soon = { timeoutMs: 120_000 };
const PREWARM = { base: 1, reactiveMax: 0, timeToLiveSeconds: 600 };

/** What both apps tell of where they run. */
const LOOK = `
const { readFileSync, writeFileSync } = require('node:fs');
const attempt = (what) => { try { what(); return 'done'; } catch (error) { return error.code; } };
exports.look = () => ({
  pid: process.pid,
  environment: process.env,
  folder: process.cwd(),
  ownFile: readFileSync(__filename, 'utf8').length,
  written: attempt(() => writeFileSync(__dirname + '/new.txt', 'x')),
});`;
const QUEUE = { type: 'queueTrigger', name: 'item', direction: 'in', queueName: 'items' };
const RETURNED = { type: 'queue', name: '$return', direction: 'out', queueName: 'out' };

const V3_APP: AppFiles = {
  'host.json': '{"version":"2.0"}',
  'lib/look.js': LOOK,
  'look/function.json': JSON.stringify({ bindings: [QUEUE, RETURNED] }),
  'look/index.js': "module.exports = async () => require('../lib/look').look();",
};
const V4_FILES: AppFiles = {
  'host.json': '{"version":"2.0"}',
  'package.json': '{"main":"app.js"}',
  'lib/look.js': LOOK,
  'app.js': `
const { app, output } = require('@azure/functions');
const { look } = require('./lib/look');
app.storageQueue('look', {
  queueName: 'items', connection: 'c',
  return: output.storageQueue({ queueName: 'out', connection: 'c' }),
  handler: () => look(),
});`,
};

interface Seen {
  readonly pid: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly ownFile: number;
  readonly written: string;
}

let folder: string;
let languageWorker: LanguageWorkerFiles;
let installation: TestInstallation;
const apps: Record<string, string> = {};
const open: { readonly pool: ContainerPool; readonly ownFolder: string }[] = [];

const runtimes: Record<string, () => ContainerRuntime> = {
  docker: () => installation.runtime({ languageWorker, networkMode: 'none' }),
  process: () =>
    new ProcessContainerRuntime({
      languageWorker,
      nodePath: process.execPath,
      dataFolder: join(folder, 'data'),
      baseEnvironment: leastEnvironment(process.env),
    }),
};

beforeAll(async () => {
  folder = await makeTempFolder('pool');
  languageWorker = { folder: join(folder, 'language-worker'), entry: 'language-worker.cjs' };
  await mkdir(languageWorker.folder);
  await promisify(execFile)(process.execPath, [BUNDLER, join(languageWorker.folder, languageWorker.entry)]);
  await writeApp('v3', V3_APP);
  await writeApp('v4', await v4App(V4_FILES));
  installation = await TestInstallation.create();
});

afterEach(async () => {
  for (const { pool, ownFolder } of open.splice(0)) {
    await pool.close();
    expect(await readdir(join(ownFolder, 'code'))).toEqual([]);
  }
  expect(await installation.containers()).toEqual([]);
});

afterAll(async () => {
  await installation.remove();
  await removeFolder(folder);
});

async function writeApp(name: string, files: AppFiles): Promise<void> {
  const appFolder = join(folder, name);
  await mkdir(appFolder);
  await chmod(appFolder, 0o755);
  await writeFiles(appFolder, files);
  apps[name] = appFolder;
}

async function openPool(runtime: string, settings: Partial<PoolSettings>): Promise<ContainerPool> {
  const ownFolder = join(folder, newId());
  await mkdir(ownFolder);
  const pool = await ContainerPool.open((runtimes[runtime] as () => ContainerRuntime)(), ownFolder, settings);
  open.push({ pool, ownFolder });
  return pool;
}

async function pausedContainers(): Promise<readonly string[]> {
  const found = await installation.docker.listContainers({
    filters: { label: [`nightjar.installation=${installation.id}`], status: ['paused'] },
  });
  return found.map(({ Id }) => Id);
}

function seen(result: PoolResult): Seen {
  if (result.state !== 'succeeded') throw new Error(`It ended so: ${JSON.stringify(result)}`);
  return result.output.returnValue as unknown as Seen;
}

/** The names of a container, and where its app lies, differ from one to the next. */
function ofAnyContainer(environment: Seen['environment']): object {
  const {
    HOSTNAME: _host,
    NIGHTJAR_CONTAINER_ID: _id,
    FUNCTIONS_APPLICATION_DIRECTORY: _app,
    ...others
  } = environment;
  return others;
}

describe('a pool of real containers', () => {
  it.each([
    ['docker', 'v4'],
    ['docker', 'v3'],
    ['process', 'v4'],
    ['process', 'v3'],
  ])(
    'gives a prewarmed container an app as if it had been started with it (%s, %s)',
    async (runtime, name) => {
      const app = apps[name] as string;
      const ready = await openPool(runtime, { prewarm: PREWARM });
      await waitFor(() => ready.pool.figures().containers.prewarmed === 1, soon);
      const specialised = seen(await ready.run(app, 'look'));
      expect(ready.pool.figures().starts).toEqual({ warm: 0, prewarmed: 1, cold: 0 });
      const cold = await openPool(runtime, {});
      const started = seen(await cold.run(app, 'look'));
      expect(cold.pool.figures().starts).toEqual({ warm: 0, prewarmed: 0, cold: 1 });
      expect(ofAnyContainer(specialised.environment)).toEqual(ofAnyContainer(started.environment));
      expect(specialised.environment).not.toHaveProperty('WEBSITE_PLACEHOLDER_MODE');
      expect(specialised.ownFile).toBe(started.ownFile);
      if (runtime !== 'docker') return;
      expect(specialised).toMatchObject({ folder: started.folder, written: 'EROFS' });
      expect(specialised.environment['HOSTNAME']).toMatch(/^[0-9a-f]{12}$/);
    },
  );

  it('never gives a container that has had an app to another', async () => {
    const containers = await openPool('docker', {});
    const one = seen(await containers.run(apps['v3'] as string, 'look'));
    const other = seen(await containers.run(apps['v4'] as string, 'look'));
    expect(one.environment['HOSTNAME']).not.toBe(other.environment['HOSTNAME']);
    expect(containers.pool.figures().containers).toMatchObject({ idle: 2 });
  });

  it('pauses an idle container and wakes it for the next call', async () => {
    const containers = await openPool('docker', { pauseAfterSeconds: 0.5 });
    const { pool } = containers;
    const first = seen(await containers.run(apps['v3'] as string, 'look'));
    await waitFor(() => pool.figures().containers.paused === 1, soon);
    await waitFor(async () => (await pausedContainers()).length === 1, soon);
    const again = await containers.run(apps['v3'] as string, 'look');
    expect(again.coldStart).toBe(false);
    expect(seen(again)).toMatchObject({
      pid: first.pid,
      environment: { HOSTNAME: first.environment['HOSTNAME'] },
    });
    await waitFor(async () => (await pausedContainers()).length === 1, soon);
  });
});
