import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '#shared/domain/ids.js';
import { ProcessContainerRuntime } from '../../../apps/worker/src/containers/process/process-container-runtime.js';
import {
  processIdentity,
  processesWithEnvironment,
} from '../../../apps/worker/src/containers/process/process-identity.js';
import { leastEnvironment } from '../../../apps/worker/src/containers/process/process-settings.js';
import { makeTempFolder, removeFolder } from '../../support/temp-folder.js';
import { waitFor } from '../../support/wait-for.js';
import { firstAnswer } from './container-output.js';
import { containerRuntimeContract, Specs } from './container-runtime-contract.js';

Logger.overrideLogger(false);

const languageWorker = { folder: join(import.meta.dirname, 'acting-worker'), entry: 'main.mjs' };
let dataFolder: string;

function create(workerId: string): ProcessContainerRuntime {
  return new ProcessContainerRuntime({
    languageWorker,
    nodePath: process.execPath,
    dataFolder: join(dataFolder, workerId),
    baseEnvironment: leastEnvironment(process.env),
  });
}

const recordsOf = (workerId: string): Promise<string[]> =>
  readdir(join(dataFolder, workerId, 'processes')).catch(() => []);

const setUp = async (): Promise<void> => {
  dataFolder = await makeTempFolder('process-runtime');
};

containerRuntimeContract({
  name: 'process',
  create,
  remains: (workerId) => recordsOf(workerId),
  setUp,
  tearDown: () => removeFolder(dataFolder),
});

describe('ProcessContainerRuntime', () => {
  let specs: Specs;

  beforeAll(async () => {
    await setUp();
    specs = await Specs.create();
  });

  afterAll(async () => {
    await specs.remove();
    await removeFolder(dataFolder);
  });

  it('kills what a function has started too', async () => {
    const runtime = create(newId());
    await runtime.prepare();
    const container = await runtime.start(specs.spec('waitWithChild'));
    const { child } = await firstAnswer(container);
    await container.kill();
    await waitFor(async () => (await processIdentity(child as number)) === undefined, { timeoutMs: 5000 });
    await runtime.close();
  });

  it('does not kill the process that has an old record’s pid by now', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true });
    await once(stranger, 'spawn');
    const workerId = newId();
    const folder = join(dataFolder, workerId, 'processes');
    await mkdir(folder, { recursive: true });
    const record = { containerId: newId(), pid: stranger.pid, identity: 'another boot:1' };
    await writeFile(join(folder, 'old.json'), JSON.stringify(record));
    await writeFile(join(folder, `${record.containerId}.json`), JSON.stringify(record));
    await writeFile(join(folder, 'half.json.new'), '{"pid":');
    await create(workerId).prepare();
    expect(await processIdentity(stranger.pid as number)).toBeDefined();
    stranger.kill('SIGKILL');
    await once(stranger, 'exit');
  });

  it('finds what a leftover had started, after the leftover itself has gone', async () => {
    const mark = newId();
    const env = { NIGHTJAR_CONTAINER_ID: mark };
    const orphan = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, env });
    await once(orphan, 'spawn');
    await waitFor(async () => (await processesWithEnvironment(`NIGHTJAR_CONTAINER_ID=${mark}`)).length > 0, {
      timeoutMs: 5000,
    });
    const workerId = newId();
    const folder = join(dataFolder, workerId, 'processes');
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, `${mark}.json`),
      JSON.stringify({ containerId: mark, pid: 999_999_999, identity: 'gone' }),
    );
    const gone = once(orphan, 'exit');
    await create(workerId).prepare();
    await gone;
    expect(await recordsOf(workerId)).toEqual([]);
  });
});
