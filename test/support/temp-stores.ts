import { join } from 'node:path';
import type { AppVersion, Binding, FunctionDefinition, HostConfig } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import { DirectoryBlobStore } from '#shared/store/directory/directory-blob-store.js';
import { openStores } from '#shared/store/kysely/open-stores.js';
import type { Stores } from '#shared/store/kysely/open-stores.js';
import { makeTempFolder, removeFolder } from './temp-folder.js';

/** The real stores over a new SQLite file, and a new directory of blobs. */
export interface TempStores extends Stores {
  readonly blobs: DirectoryBlobStore;
  readonly folder: string;
  /** Closes the database and removes everything. */
  dispose(): Promise<void>;
}

export async function openTempStores(purpose: string): Promise<TempStores> {
  const folder = await makeTempFolder(purpose);
  const stores = await openStores({ databaseUrl: `sqlite:${join(folder, 'nightjar.db')}` });
  await stores.store.migrate();
  return {
    ...stores,
    blobs: new DirectoryBlobStore(join(folder, 'blobs')),
    folder,
    dispose: async () => {
      await stores.store.close();
      await removeFolder(folder);
    },
  };
}

const HOST: HostConfig = {
  functionTimeoutSeconds: 300,
  http: { routePrefix: 'api', maxConcurrentRequests: null, maxOutstandingRequests: null, customHeaders: {} },
  logLevels: {},
};

/** Makes a version the active one of an app, as publishing does once a package was indexed. */
export async function activateApp(
  stores: Pick<Stores, 'catalogue'>,
  name: string,
  functions: readonly FunctionDefinition[],
  host: HostConfig = HOST,
): Promise<AppVersion> {
  const app = await stores.catalogue.findOrCreateApp(name);
  return stores.catalogue.activateVersion({
    id: newId(),
    appId: app.id,
    packageDigest: '0'.repeat(64),
    packageSizeBytes: 1,
    host,
    functions,
    schedules: [],
  });
}

export function functionWith(name: string, trigger: Omit<Binding, 'name' | 'direction'>): FunctionDefinition {
  return {
    name,
    programmingModel: 'v4',
    bindings: [{ name: 'trigger', direction: 'in', ...trigger } as Binding],
    disabled: false,
  };
}
