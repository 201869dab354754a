import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BullmqWorkQueue } from '#shared/queue/bullmq/bullmq-work-queue.js';
import { RedisReplyInbox } from '#shared/queue/bullmq/redis-reply-channel.js';
import { DirectoryBlobStore } from '#shared/store/directory/directory-blob-store.js';
import { NamedRowSources } from '#shared/store/kysely/rows/named-row-sources.js';
import { openStores } from '#shared/store/kysely/open-stores.js';
import { GrantingWorkQueue } from './app-settings/granting-work-queue.js';
import { SettingsGrants } from './app-settings/settings-grants.js';
import type { Settings } from './config.js';
import type { Ports } from './stores.module.js';

/**
 * Opens everything that management works with and brings the schema up to date. A database that is away stops the start: there
 * is nothing to serve without it. A Redis that is away does not: calls say so until it is back.
 */
export async function openPorts(settings: Settings): Promise<Ports> {
  await mkdir(settings.dataDir, { recursive: true });
  const stores = await openStores({ databaseUrl: settings.databaseUrl });
  try {
    await stores.store.migrate();
  } catch (error) {
    await stores.store.close();
    throw error;
  }
  const queueSettings = { redisUrl: settings.redisUrl, keyPrefix: settings.redisKeyPrefix };
  const inbox = new RedisReplyInbox(queueSettings);
  await inbox.open();
  return {
    ...stores,
    blobs: new DirectoryBlobStore(join(settings.dataDir, 'blobs')),
    rowSources: new NamedRowSources(settings.connections),
    queue: new GrantingWorkQueue(
      BullmqWorkQueue.open(queueSettings),
      await SettingsGrants.open(stores.store),
    ),
    inbox,
  };
}
