import { join } from 'node:path';
import { startBuiltApp } from './built-app.js';
import type { ChildService } from './child-service.js';
import { freePort } from './free-port.js';
import { makeTempFolder, removeFolder } from './temp-folder.js';

export interface ManagementOptions {
  readonly redisUrl: string;
  /** Default: a new temporary folder, which `stop` removes. */
  readonly dataFolder?: string;
  /** Default: a SQLite file in the data folder. */
  readonly databaseUrl?: string;
  /** Default: a free one. Give the last one's port to start it again under the same address. */
  readonly port?: number;
  /** Further settings as environment variables, such as `NIGHTJAR_HTTP_WAIT_SECONDS`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A management that runs as a process of its own. */
export interface RunningManagement {
  readonly url: string;
  readonly port: number;
  readonly dataFolder: string;
  readonly databaseUrl: string;
  readonly workerKey: string;
  readonly service: ChildService;

  /** As an operator stops it; removes the data folder if it was made for it. */
  stop(): Promise<void>;

  /** As a power cut ends it; everything on disk stays. */
  kill(): Promise<void>;
}

/** The same in all tests: a management that is started again must know the workers of the one before. */
const WORKER_KEY = 'worker-key-of-tests-0123456789';
const READY_WITHIN_MS = 60_000;

/** Starts the compiled management and waits until it is ready. */
export async function startManagement(options: ManagementOptions): Promise<RunningManagement> {
  const dataFolder = options.dataFolder ?? (await makeTempFolder('management'));
  const databaseUrl = options.databaseUrl ?? `sqlite:${join(dataFolder, 'nightjar.db')}`;
  const port = options.port ?? (await freePort());
  const settings = {
    NIGHTJAR_DATA_DIR: dataFolder,
    DATABASE_URL: databaseUrl,
    REDIS_URL: options.redisUrl,
    PORT: String(port),
    NIGHTJAR_WORKER_KEY: WORKER_KEY,
    ...options.settings,
  };
  const service = startBuiltApp('management', settings, join(dataFolder, 'management.log'));
  const url = `http://127.0.0.1:${port}`;
  await service.waitReady(async () => (await fetch(`${url}/readyz`)).ok, READY_WITHIN_MS);
  return {
    url,
    port,
    dataFolder,
    databaseUrl,
    workerKey: WORKER_KEY,
    service,
    stop: async () => {
      await service.stop();
      if (options.dataFolder === undefined) await removeFolder(dataFolder);
    },
    kill: () => service.kill(),
  };
}
