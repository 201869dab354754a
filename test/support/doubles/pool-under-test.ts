import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppVersion } from '#shared/domain/function-app.js';
import type { ChannelInvocation } from '../../../apps/worker/src/channel/language-worker-channel.js';
import type { PoolSettings } from '../../../apps/worker/src/containers/pool/app-host-pool.js';
import { makeTempFolder } from '../temp-folder.js';

/** A version of an app without functions, whose containers are as the worker says. */
export const versionOf = (id: string, more: Partial<AppVersion> = {}): AppVersion => ({
  id,
  appId: `app of ${id}`,
  appName: `app-${id}`,
  appCreatedAt: new Date(0),
  container: {},
  packageDigest: id,
  packageSizeBytes: 1,
  host: {
    functionTimeoutSeconds: null,
    http: {
      routePrefix: 'api',
      maxConcurrentRequests: null,
      maxOutstandingRequests: null,
      customHeaders: {},
    },
    logLevels: {},
  },
  functions: [],
  createdAt: new Date(0),
  ...more,
});

/** An invocation that nobody listens to. */
export const invocationOf = (invocationId: string): ChannelInvocation => ({
  invocationId,
  functionName: 'f',
  input: { kind: 'queue', message: '1' },
  onLog: () => undefined,
});

/** A pool's settings under which nothing happens by itself. */
export const quietPool = (folder: string, more: Partial<PoolSettings> = {}): PoolSettings => ({
  memoryBytes: 2,
  concurrency: 100,
  pauseAfterSeconds: 600,
  idleSeconds: 600,
  maxParallelStarts: 10,
  codeFolder: join(folder, 'code'),
  reconcileGraceSeconds: 300,
  reconcileDryRun: false,
  intervalSeconds: 0.02,
  patienceSeconds: 600,
  prewarm: { base: 0, reactiveMax: 0, timeToLiveSeconds: 600 },
  ...more,
});

/** A folder for a pool, with a package in it. */
export async function poolFolder(): Promise<{ readonly folder: string; readonly packageFolder: string }> {
  const folder = await makeTempFolder('pool');
  const packageFolder = join(folder, 'package');
  await mkdir(packageFolder);
  await writeFile(join(packageFolder, 'host.json'), '{}');
  return { folder, packageFolder };
}
