import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { startBuiltApp } from './built-app.js';
import type { ChildService } from './child-service.js';
import type { RunningManagement } from './management.js';
import { makeTempFolder, removeFolder } from './temp-folder.js';

export interface WorkerOptions {
  readonly management: Pick<RunningManagement, 'url' | 'databaseUrl' | 'workerKey'>;
  readonly redisUrl: string;
  /** `process` needs no Docker engine and starts faster; `docker` is what production has. Default: `process`. */
  readonly runtime?: 'docker' | 'process';
  /** Default: a new temporary folder, which `stop` removes. The machine's id is kept in it. */
  readonly dataFolder?: string;
  /** Default: one of its own. */
  readonly name?: string;
  /** Further settings as environment variables, such as `NIGHTJAR_ITEMS_IN_FLIGHT`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A worker that runs as a process of its own. */
export interface RunningWorker {
  readonly name: string;
  readonly dataFolder: string;
  readonly service: ChildService;

  /** As an operator stops it; removes the data folder if it was made for it. */
  stop(): Promise<void>;

  /** As a power cut ends it; everything on disk stays, and so do its containers. */
  kill(): Promise<void>;
}

/** The first start on a machine builds the image of the language worker. */
const READY_WITHIN_MS = 120_000;

const machineListSchema = z.object({
  machines: z.array(z.object({ name: z.string(), state: z.string(), lastSeenAt: z.iso.datetime() })),
});

/** Starts the compiled worker and waits until management lists its machine as ready. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { management, redisUrl, runtime = 'process' } = options;
  const dataFolder = options.dataFolder ?? (await makeTempFolder('worker'));
  const name = options.name ?? `test-${randomUUID().slice(0, 8)}`;
  const settings = {
    NIGHTJAR_NAME: name,
    NIGHTJAR_DATA_DIR: dataFolder,
    NIGHTJAR_MANAGEMENT_URL: management.url,
    NIGHTJAR_WORKER_KEY: management.workerKey,
    NIGHTJAR_CONTAINER_RUNTIME: runtime,
    DATABASE_URL: management.databaseUrl,
    REDIS_URL: redisUrl,
    ...options.settings,
  };
  const service = startBuiltApp('worker', settings, join(dataFolder, 'worker.log'));
  const startedAt = Date.now();
  await service.waitReady(() => isReady(management.url, name, startedAt), READY_WITHIN_MS);
  return {
    name,
    dataFolder,
    service,
    stop: async () => {
      await service.stop();
      if (options.dataFolder === undefined) await removeFolder(dataFolder);
    },
    kill: () => service.kill(),
  };
}

/** A worker that was killed is listed as ready for a while: only a sign of life since this start counts. */
async function isReady(managementUrl: string, name: string, startedAt: number): Promise<boolean> {
  const response = await fetch(`${managementUrl}/api/v1/machines`);
  const { machines } = machineListSchema.parse(await response.json());
  return machines.some(
    (machine) =>
      machine.name === name && machine.state === 'ready' && Date.parse(machine.lastSeenAt) >= startedAt,
  );
}
