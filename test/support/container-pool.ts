import { join } from 'node:path';
import type { AppVersion } from '#shared/domain/function-app.js';
import type { CompleteContainerSettings } from '#shared/domain/container-settings.js';
import { newId } from '#shared/domain/ids.js';
import { GrpcChannelServer } from '../../apps/worker/src/channel/grpc-channel-server.js';
import type { ContainerRuntime } from '../../apps/worker/src/containers/container-runtime.js';
import {
  AppHostPool,
  type PoolResult,
  type PoolSettings,
} from '../../apps/worker/src/containers/pool/app-host-pool.js';
import { Hold } from '../../apps/worker/src/containers/hold/hold.js';
import type { HostEquipment } from '../../apps/worker/src/containers/pool/host-equipment.js';
import { PackageCache, type HeldPackage } from '../../apps/worker/src/packages/package-cache.js';
import { versionOf } from './doubles/pool-under-test.js';

const MEBIBYTE = 1024 * 1024;
const GIBIBYTE = 1024 * MEBIBYTE;
const MAX_MESSAGE_BYTES = 16 * MEBIBYTE;

const CONTAINER: CompleteContainerSettings = {
  memoryBytes: 256 * MEBIBYTE,
  cpus: 1,
  cpuWeight: 100,
  pids: 64,
  tmpBytes: 16 * MEBIBYTE,
  network: { policy: 'none' },
};

/** Packages whose digests are the paths of their folders. */
class FolderPackages extends PackageCache {
  async folderOf(folder: string): Promise<string> {
    return folder;
  }

  async hold(folder: string): Promise<HeldPackage> {
    return { folder, release: () => undefined };
  }
}

/** A worker's pool with real containers, and nothing else of a worker. */
export class ContainerPool {
  private constructor(
    readonly pool: AppHostPool,
    readonly equipment: HostEquipment,
    private readonly channelServer: GrpcChannelServer,
  ) {}

  /** @param folder one of the pool's own, for the code of prewarmed containers */
  static async open(
    runtime: ContainerRuntime,
    folder: string,
    settings: Partial<PoolSettings> = {},
  ): Promise<ContainerPool> {
    const { channelHost } = await runtime.prepare();
    const channelServer = new GrpcChannelServer({ maxMessageBytes: MAX_MESSAGE_BYTES });
    const channelPort = await channelServer.listen(channelHost);
    const { memoryBytes, cpus, pids, tmpBytes } = CONTAINER;
    const equipment: HostEquipment = {
      runtime,
      channelServer,
      channelPort,
      hold: new Hold(),
      settings: {
        defaults: CONTAINER,
        caps: { memoryBytes, cpus, pids, tmpBytes, network: 'outbound' },
        maxMessageBytes: MAX_MESSAGE_BYTES,
        startTimeoutSeconds: 60,
      },
    };
    const pool = new AppHostPool(new FolderPackages(), {
      memoryBytes: GIBIBYTE,
      concurrency: 100,
      pauseAfterSeconds: 600,
      idleSeconds: 600,
      maxParallelStarts: 2,
      codeFolder: join(folder, 'code'),
      reconcileGraceSeconds: 300,
      reconcileDryRun: false,
      intervalSeconds: 0.2,
      patienceSeconds: 600,
      prewarm: { base: 0, reactiveMax: 0, timeToLiveSeconds: 600 },
      ...settings,
    });
    await pool.open(equipment);
    return new ContainerPool(pool, equipment, channelServer);
  }

  /** Runs a queue function of an app that lies unpacked in a folder. */
  run(appFolder: string, functionName: string, message = '1'): Promise<PoolResult> {
    return this.pool.run(this.versionIn(appFolder), 'interactive', {
      invocationId: newId(),
      functionName,
      input: { kind: 'queue', message },
      onLog: () => undefined,
    });
  }

  /** The version that lies in a folder: always the same one. */
  versionIn(appFolder: string): AppVersion {
    return versionOf(appFolder, { packageDigest: appFolder });
  }

  async close(): Promise<void> {
    await this.pool.close();
    await this.channelServer.close();
    await this.equipment.runtime.close();
  }
}
