import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { EngineUnavailableError } from '../../../apps/worker/src/containers/container-runtime.js';
import type { LanguageWorkerFiles } from '../../../apps/worker/src/containers/language-worker-command.js';
import { firstAnswer } from './container-output.js';
import { Specs } from './container-runtime-contract.js';
import { TestInstallation } from './docker-under-test.js';

Logger.overrideLogger(false);
// An engine on a busy machine takes seconds for what it else does in a moment.
jest.setTimeout(120_000);

let installation: TestInstallation;
let languageWorker: LanguageWorkerFiles;

beforeEach(async () => {
  installation = await TestInstallation.create();
  languageWorker = await installation.ownLanguageWorker();
});

afterEach(async () => {
  await installation.remove();
});

const runtime = (
  changes: Parameters<TestInstallation['runtime']>[0] = {},
): ReturnType<TestInstallation['runtime']> => installation.runtime({ languageWorker, ...changes });

describe('what containers need', () => {
  it('is made once by workers that start at the same time', async () => {
    // Any small program: nothing is run in this image.
    const prepared = await Promise.all([1, 2, 3].map(() => runtime({ nodePath: '/bin/sh' }).prepare()));
    expect(new Set(prepared.map(({ channelHost }) => channelHost)).size).toBe(1);
    expect(await installation.networks()).toHaveLength(1);
    const tags = (await installation.images()).flatMap(({ RepoTags }) => RepoTags ?? []);
    expect(tags.filter((tag) => tag.startsWith('nightjar/node:'))).toHaveLength(1);
  });

  it('is another image for another language worker, and the old one goes when nothing uses it', async () => {
    const specs = await Specs.create();
    const older = runtime();
    await older.prepare();
    const [first] = await installation.images();
    const container = await older.start(specs.spec('wait'));
    await firstAnswer(container);
    await installation.ownLanguageWorker();
    const newer = runtime({ keepOldImagesHours: 0 });
    await newer.prepare();
    expect((await installation.images()).map(({ Id }) => Id)).toContain(first?.Id);
    await older.close();
    await newer.prepare();
    expect((await installation.images()).map(({ Id }) => Id)).not.toContain(first?.Id);
    expect(await installation.images()).toHaveLength(1);
    await specs.remove();
  });

  it('comes back at its addresses when somebody has removed the network', async () => {
    const specs = await Specs.create();
    const worker = runtime({ networkMode: 'none' });
    const { channelHost } = await worker.prepare();
    const server = createServer((socket) => socket.end());
    server.listen(0, channelHost);
    await once(server, 'listening');
    for (const { Id } of await installation.networks()) await installation.docker.getNetwork(Id).remove();
    const network = { policy: 'none' } as const;
    const channelPort = (server.address() as AddressInfo).port;
    await expect(worker.start(specs.spec('wait', '', { network, channelPort }))).rejects.toThrow(
      EngineUnavailableError,
    );
    await worker.check();
    const address = `${channelHost}:${channelPort}`;
    const container = await worker.start(specs.spec('reach', address, { network, channelPort }));
    expect(await firstAnswer(container)).toEqual({ [address]: 'connected' });
    server.close();
    await worker.close();
    await specs.remove();
  });
});

describe('a leftover', () => {
  it('is removed with a line in the log that says why; another installation’s is not', async () => {
    const specs = await Specs.create();
    const workerId = 'the-same-name';
    const neighbours = await TestInstallation.create();
    const neighbour = neighbours.runtime({ workerId, languageWorker });
    const lines: string[] = [];
    Logger.overrideLogger({ log: (line: string) => lines.push(line), error: () => {}, warn: () => {} });
    try {
      await neighbour.prepare();
      await neighbour.start(specs.spec('wait'));
      const earlier = runtime({ workerId });
      await earlier.prepare();
      const leftover = await earlier.start(specs.spec('wait'));
      await runtime({ workerId }).prepare();
      await leftover.exited;
      expect(lines.join('\n')).toMatch(
        new RegExp(`Removing the container nightjar-${leftover.id}, made 2.* belongs to an earlier life`),
      );
      expect(await installation.containers()).toEqual([]);
      expect(await neighbours.containers()).toHaveLength(1);
    } finally {
      Logger.overrideLogger(false);
      await neighbour.close();
      await neighbours.remove();
      await specs.remove();
    }
  });

  it('stays in a dry run, which only tells of it', async () => {
    const specs = await Specs.create();
    const workerId = 'tries';
    const lines: string[] = [];
    Logger.overrideLogger({ log: (line: string) => lines.push(line), error: () => {}, warn: () => {} });
    try {
      const earlier = runtime({ workerId });
      await earlier.prepare();
      const leftover = await earlier.start(specs.spec('wait'));
      await runtime({ workerId, reconcileDryRun: true }).prepare();
      expect(lines.join('\n')).toMatch(
        new RegExp(`Would remove the container nightjar-${leftover.id}, made 2`),
      );
      expect(await installation.containers()).toHaveLength(1);
      await earlier.close();
    } finally {
      Logger.overrideLogger(false);
      await specs.remove();
    }
  });
});
