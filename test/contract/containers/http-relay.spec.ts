import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { NetworkAccess } from '#shared/domain/container-settings.js';
import { newId } from '#shared/domain/ids.js';
import { GrpcChannelServer } from '../../../apps/worker/src/channel/grpc-channel-server.js';
import type { LanguageWorkerChannel } from '../../../apps/worker/src/channel/language-worker-channel.js';
import type { RunningContainer } from '../../../apps/worker/src/containers/container-runtime.js';
import type { DockerContainerRuntime } from '../../../apps/worker/src/containers/docker/docker-container-runtime.js';
import { imageArchive } from '../../../apps/worker/src/containers/docker/image/image-archive.js';
import { imageContents } from '../../../apps/worker/src/containers/docker/image/image-contents.js';
import { IN_CONTAINER } from '../../../apps/worker/src/containers/docker/image/image-layout.js';
import { importFailure } from '../../../apps/worker/src/containers/docker/image/ensure-image.js';
import { parseLanguageWorkers } from '../../../apps/worker/src/containers/language-workers/language-worker-choice.js';
import { readyApp } from '../../../apps/worker/src/containers/pool/ready-app.js';
import { v4App, writeFiles } from '../../support/app-files.js';
import { TestStreamClient } from '../../support/doubles/stream-client.js';
import { streamingApp } from '../../support/streaming-app.js';
import { makeTempFolder, removeFolder } from '../../support/temp-folder.js';
import { waitFor } from '../../support/wait-for.js';
import { Specs } from './container-runtime-contract.js';
import { TestInstallation } from './docker-under-test.js';

Logger.overrideLogger(false);
// An engine on a busy machine takes seconds for what it else does in a moment.
jest.setTimeout(180_000);

/** Tests run from the repository's root, as npm runs scripts. */
const BUNDLER = join(process.cwd(), 'scripts/bundle-language-worker.mjs');
const FOREIGN_IMAGE = `nightjar-test/${newId()}:foreign`;
/** Where Microsoft's image has its language worker for Node. */
const MICROSOFT_FILE = '/azure-functions-host/workers/node/dist/src/nodejsWorker.js';
const ENTRY = 'language-worker.cjs';

let folder: string;
let installation: TestInstallation;
let specs: Specs;
const cleanUps: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await makeTempFolder('relay');
  await mkdir(join(folder, 'ours'));
  await promisify(execFile)(process.execPath, [BUNDLER, join(folder, 'ours', ENTRY)]);
  installation = await TestInstallation.create();
  specs = await Specs.create();
  const files = Object.entries(streamingApp).map(([path, content]) => [
    path,
    typeof content === 'string' ? content : JSON.stringify(content),
  ]);
  await writeFiles(specs.packageFolder, await v4App(Object.fromEntries(files) as Record<string, string>));
  await makeForeignImage();
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

afterAll(async () => {
  await installation.docker.getImage(FOREIGN_IMAGE).remove({ force: true });
  await specs.remove();
  await installation.remove();
  await removeFolder(folder);
});

/** A language worker that streams HTTP, at Microsoft's place, and like Microsoft's without a relay: its own finds no way out. */
async function makeForeignImage(): Promise<void> {
  const bundle = await readFile(join(folder, 'ours', ENTRY), 'utf8');
  const foreign = bundle
    .replace('NightjarHttpRelay', 'SomethingElse')
    .replace('NIGHTJAR-TUNNEL ', 'NO-TUNNEL ');
  expect(foreign).not.toMatch(/NightjarHttpRelay|NIGHTJAR-TUNNEL/);
  await mkdir(join(folder, 'foreign'));
  await writeFile(join(folder, 'foreign', ENTRY), foreign);
  const languageWorker = { folder: join(folder, 'foreign'), entry: ENTRY };
  const files = await imageContents({ nodePath: process.execPath, languageWorker });
  const moved = files.map((file) =>
    file.target === `${IN_CONTAINER.languageWorker}/${ENTRY}` ? { ...file, target: MICROSOFT_FILE } : file,
  );
  const [repo, tag] = FOREIGN_IMAGE.split(':');
  const progress = await installation.docker.importImage(imageArchive(moved), { repo, tag });
  expect(importFailure(await text(progress))).toBeUndefined();
}

interface Started {
  readonly runtime: DockerContainerRuntime;
  readonly container: RunningContainer;
  readonly channel: LanguageWorkerChannel;
}

async function start(
  network: NetworkAccess,
  changes: Parameters<TestInstallation['runtime']>[0] = {},
): Promise<Started> {
  const languageWorker = { folder: join(folder, 'ours'), entry: ENTRY };
  const server = new GrpcChannelServer({ maxMessageBytes: 2 ** 24 });
  cleanUps.push(() => server.close());
  const listenOn = (host: string): Promise<number> => server.listen(host);
  const runtime = installation.runtime({ languageWorker, listenOn, ...changes });
  cleanUps.push(() => runtime.close());
  const { channelHost } = await runtime.prepare();
  const channelPort = await server.listen(channelHost);
  const token = newId();
  const accepted = server.accept(token, 120);
  const container = await runtime.start(specs.spec('', '', { token, channelPort, network }));
  const channel = await accepted;
  const { packageFolder } = specs;
  const app = await readyApp(
    container,
    channel.loadApp({ packageFolder, appDirectory: container.appDirectory }),
  );
  expect(app.streamsHttp).toBe(true);
  return { runtime, container, channel };
}

async function echo(channel: LanguageWorkerChannel, sent: string): Promise<string> {
  const client = new TestStreamClient(Readable.from([Buffer.from(sent)]));
  const request = { method: 'POST', url: 'http://h/api/echo', headers: {}, query: {}, params: {} };
  const ended = channel.invoke({
    invocationId: newId(),
    functionName: 'echo',
    input: { kind: 'http', request },
    stream: client,
    onLog: () => undefined,
  });
  const received = await text(client.received);
  expect(await ended).toMatchObject({ state: 'succeeded' });
  return received;
}

async function relays(): Promise<string[]> {
  const label = [`nightjar.installation=${installation.id}`, 'nightjar.kind=relay'];
  const found = await installation.docker.listContainers({ all: true, filters: { label } });
  return found.map(({ HostConfig }) => HostConfig.NetworkMode);
}

describe('HTTP streams of a language worker in a container', () => {
  it.each<NetworkAccess>([{ policy: 'outbound' }, { policy: 'none' }])(
    'of ours need no second container (network $policy)',
    async (network) => {
      const { channel } = await start(network);
      expect(await echo(channel, 'to and fro')).toBe('to and fro');
      expect(await relays()).toEqual([]);
    },
  );

  it.each<NetworkAccess>([{ policy: 'outbound' }, { policy: 'none' }])(
    'of another go through a relay in its network, which goes with it (network $policy)',
    async (network) => {
      const languageWorkers = parseLanguageWorkers(`node=microsoft-node@${FOREIGN_IMAGE}`, undefined);
      const { runtime, container, channel } = await start(network, { languageWorkers });
      expect(await relays()).toEqual([expect.stringMatching(/^container:/)]);
      const sent = Array.from({ length: 10 }, (_, index) => `number ${index}`);
      expect(await Promise.all(sent.map((one) => echo(channel, one)))).toEqual(sent);
      // It has an owner: reconciling leaves it alone.
      await runtime.reconcile();
      expect(await echo(channel, 'still there')).toBe('still there');
      await container.kill();
      await waitFor(async () => (await installation.containers()).length === 0, { timeoutMs: 90_000 });
    },
  );
});
