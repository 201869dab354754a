import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DirectoryBlobStore } from '#shared/store/directory/directory-blob-store.js';
import { NamedRowSources } from '#shared/store/kysely/rows/named-row-sources.js';
import { openStores, type Stores } from '#shared/store/kysely/open-stores.js';
import { parseSettings, type Settings } from '../../apps/management/src/config.js';
import { createApp } from '../../apps/management/src/http/create-app.js';
import { AnsweringWorkQueue, type WorkerScript } from './doubles/answering-work-queue.js';
import { InMemoryReplyInbox } from './doubles/in-memory-reply-inbox.js';
import { makeTempFolder, removeFolder } from './temp-folder.js';

/** A management in the test's own process: a real SQLite file and real HTTP, with a scripted worker instead of Redis. */
export interface ManagementInProcess {
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly settings: Settings;
  readonly stores: Stores;
  readonly queue: AnsweringWorkQueue;
  readonly dataFolder: string;
  stop(): Promise<void>;
}

export const WORKER_KEY = 'worker-key-of-tests-0123456789';

/** @param flags settings as flags: `['--http-wait-seconds', '1']` */
export async function startManagementInProcess(
  script: WorkerScript,
  flags: readonly string[] = [],
  keptFolder?: string,
): Promise<ManagementInProcess> {
  const dataFolder = keptFolder ?? (await makeTempFolder('management'));
  const settings = parseSettings({
    flags: [
      '--port',
      '0',
      '--data-dir',
      dataFolder,
      '--worker-key',
      WORKER_KEY,
      '--log-level',
      'silent',
      ...flags,
    ],
    environment: {},
    file: null,
    readSecretFile: () => '',
  });
  const stores = await openStores({ databaseUrl: settings.databaseUrl });
  await stores.store.migrate();
  const inbox = new InMemoryReplyInbox();
  const queue = new AnsweringWorkQueue(script, inbox, () => stores.invocations);
  const blobs = new DirectoryBlobStore(join(dataFolder, 'blobs'));
  const rowSources = new NamedRowSources(settings.connections);
  const ports = { ...stores, blobs, rowSources, queue, inbox };
  const app = await createApp(settings, () => Promise.resolve(ports));
  await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url: (await app.getUrl()).replace('[::1]', 'localhost'),
    app,
    settings,
    stores,
    queue,
    dataFolder,
    stop: async () => {
      await app.close();
      if (keptFolder === undefined) await removeFolder(dataFolder);
    },
  };
}
