import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { InvalidInputError } from '#shared/domain/errors.js';
import { newId } from '#shared/domain/ids.js';
import { GrpcChannelServer } from '../../../apps/worker/src/channel/grpc-channel-server.js';
import {
  EngineUnavailableError,
  type ContainerRuntime,
} from '../../../apps/worker/src/containers/container-runtime.js';
import { importFailure } from '../../../apps/worker/src/containers/docker/image/ensure-image.js';
import { imageArchive } from '../../../apps/worker/src/containers/docker/image/image-archive.js';
import { imageContents } from '../../../apps/worker/src/containers/docker/image/image-contents.js';
import { IN_CONTAINER } from '../../../apps/worker/src/containers/docker/image/image-layout.js';
import { parseLanguageWorkers } from '../../../apps/worker/src/containers/language-workers/language-worker-choice.js';
import { makeTempFolder, removeFolder } from '../../support/temp-folder.js';
import { Specs } from './container-runtime-contract.js';
import { TestInstallation } from './docker-under-test.js';

Logger.overrideLogger(false);
// An engine on a busy machine takes seconds for what it else does in a moment.
jest.setTimeout(180_000);

/** Tests run from the repository's root, as npm runs scripts. */
const BUNDLER = join(process.cwd(), 'scripts/bundle-language-worker.mjs');
const REPOSITORY = `nightjar-test/${newId()}`;
/** Where Microsoft's image has its language worker for Node. */
const MICROSOFT_FILE = '/azure-functions-host/workers/node/dist/src/nodejsWorker.js';

const FUNCTION = {
  bindings: [
    { type: 'queueTrigger', name: 'item', direction: 'in', queueName: 'items' },
    { type: 'queue', name: 'result', direction: 'out', queueName: 'results' },
  ],
};
const CODE = `module.exports = async function (context, item) {
  const { FUNCTIONS_WORKER_DIRECTORY: folder, FUNCTIONS_WORKER_RUNTIME: runtime } = process.env;
  context.bindings.result = { doubled: item.number * 2, file: process.argv[1], folder, runtime };
};`;

let folder: string;
let installation: TestInstallation;
let specs: Specs;
const cleanUps: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await makeTempFolder('given-image');
  await promisify(execFile)(process.execPath, [BUNDLER, join(folder, 'language-worker.cjs')]);
  installation = await TestInstallation.create();
  specs = await Specs.create();
  await mkdir(join(specs.packageFolder, 'double'));
  await writeFile(join(specs.packageFolder, 'double', 'function.json'), JSON.stringify(FUNCTION));
  await writeFile(join(specs.packageFolder, 'double', 'index.js'), CODE);
  await makeImage('ours', `${IN_CONTAINER.languageWorker}/language-worker.cjs`);
  await makeImage('microsoft', MICROSOFT_FILE);
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

afterAll(async () => {
  for (const tag of ['ours', 'microsoft']) {
    await installation.docker.getImage(`${REPOSITORY}:${tag}`).remove({ force: true });
  }
  await specs.remove();
  await installation.remove();
  await removeFolder(folder);
});

/** As somebody's own image would be: it starts something else by itself. */
async function makeImage(tag: string, languageWorkerFile: string): Promise<void> {
  const files = await imageContents({
    nodePath: process.execPath,
    languageWorker: { folder, entry: 'language-worker.cjs' },
  });
  const ours = `${IN_CONTAINER.languageWorker}/language-worker.cjs`;
  const moved = files.map((file) => (file.target === ours ? { ...file, target: languageWorkerFile } : file));
  const changes = ['ENTRYPOINT ["/no/such/program"]', 'CMD ["--wrong"]', 'USER root'];
  const progress = await installation.docker.importImage(imageArchive(moved), {
    repo: REPOSITORY,
    tag,
    changes,
  });
  expect(importFailure(await text(progress))).toBeUndefined();
}

async function runDouble(runtime: ContainerRuntime): Promise<unknown> {
  cleanUps.push(() => runtime.close());
  const { channelHost } = await runtime.prepare();
  const server = new GrpcChannelServer({ maxMessageBytes: 2 ** 24 });
  cleanUps.push(() => server.close());
  const channelPort = await server.listen(channelHost);
  const token = newId();
  const accepted = server.accept(token, 120);
  const container = await runtime.start(specs.spec('', '', { token, channelPort }));
  const channel = await accepted;
  const { packageFolder } = specs;
  await channel.loadApp({ packageFolder, appDirectory: container.appDirectory });
  const result = await channel.invoke({
    invocationId: newId(),
    functionName: 'double',
    input: { kind: 'queue', message: '{"number":21}' },
    onLog: () => {},
  });
  return 'output' in result ? result.output : result;
}

describe('an image that is given', () => {
  it('is used as it is, whatever it would start by itself', async () => {
    const languageWorkers = parseLanguageWorkers('', `${REPOSITORY}:ours`);
    const runtime = installation.runtime({
      languageWorkers,
      languageWorker: { folder: '/not/here', entry: 'language-worker.cjs' },
    });
    expect(await runDouble(runtime)).toMatchObject({
      outputs: { result: { doubled: 42, folder: IN_CONTAINER.languageWorker, runtime: 'node' } },
    });
  });

  it('may have its language worker where Microsoft’s is (stand-in)', async () => {
    const languageWorkers = parseLanguageWorkers(`node=microsoft-node@${REPOSITORY}:microsoft`, undefined);
    const runtime = installation.runtime({ languageWorkers });
    expect(await runDouble(runtime)).toMatchObject({
      outputs: {
        result: { doubled: 42, file: MICROSOFT_FILE, folder: '/azure-functions-host/workers/node' },
      },
    });
    expect(runtime.canPrewarm).toBe(false);
  });

  it('says so when it is nowhere to be had', async () => {
    const languageWorkers = parseLanguageWorkers('', `localhost:1/nightjar-test:${newId()}`);
    const runtime = installation.runtime({ languageWorkers });
    await expect(runtime.prepare()).rejects.toThrow(EngineUnavailableError);
  });

  it('is of no use to an app that it has no language worker for', async () => {
    const runtime = installation.runtime({ languageWorkers: parseLanguageWorkers('', `${REPOSITORY}:ours`) });
    cleanUps.push(() => runtime.close());
    await runtime.prepare();
    const spec = specs.spec('', '', { environment: { FUNCTIONS_WORKER_RUNTIME: 'python' } });
    await expect(runtime.start(spec)).rejects.toThrow(InvalidInputError);
  });
});
