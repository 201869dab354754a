import { availableParallelism, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@nestjs/common';
import type { Machine } from '#shared/domain/machine.js';
import { BullmqWorkSource } from '#shared/queue/bullmq/bullmq-work-source.js';
import { RedisReplySender } from '#shared/queue/bullmq/redis-reply-channel.js';
import { openStores } from '#shared/store/kysely/open-stores.js';
import { engineCheck, engineProblem, upkeepOf } from './assemble-care.js';
import { assembleMetrics } from './assemble-metrics.js';
import { poolSettings } from './assemble-pool.js';
import { assembleStanding } from './assemble-standing.js';
import type { EngineProblem } from './capacity/health.js';
import { folderOf, machineIdIn } from './capacity/machine-identity.js';
import type { StandingKeeper } from './capacity/standing-keeper.js';
import { TrustedClock } from './capacity/trusted-clock.js';
import { Watch, type Watched, type WatchEvents, type WatchSettings } from './capacity/watch.js';
import type { ChannelServer } from './channel/language-worker-channel.js';
import { GrpcChannelServer } from './channel/grpc-channel-server.js';
import type { Settings } from './config.js';
import { clampedLog } from './clamped-log.js';
import { containerCaps, containerDefaults, type MachineSize } from './container-limits.js';
import type { ContainerRuntime } from './containers/container-runtime.js';
import { createContainerRuntime, type RuntimeSettings } from './containers/create-container-runtime.js';
import { DEFAULT_DOCKER_SETTINGS } from './containers/docker/docker-settings.js';
import { runTestFunction } from './containers/health/run-test-function.js';
import { TEST_APP, TEST_APP_FILES } from './containers/health/test-app.js';
import type { AppHostSettings } from './containers/pool/host-equipment.js';
import { AppHostPool } from './containers/pool/app-host-pool.js';
import { engineTimeouts } from './engine-limits.js';
import { Intake, type IntakeSettings } from './intake/intake.js';
import { StreamDoor } from './intake/streams/stream-door.js';
import { VersionCache } from './intake/version-cache.js';
import { networkSettings } from './network-settings.js';
import { CacheWithBuiltIn } from './packages/built-in-package.js';
import { FileUrls } from './packages/file-urls.js';
import { HttpBatchInput } from './packages/http-batch-input.js';
import { HttpPackageCache } from './packages/http-package-cache.js';
import { Recorder } from './recorder/recorder.js';

/** A worker whose parts are made, and nothing of it started. */
export interface AssembledWorker {
  readonly runtimeKind: 'docker' | 'process';
  readonly warning: string | undefined;
  /** Throws while the database is away or its schema is not there yet. */
  checkStore(): Promise<void>;
  /** Tells management of the machine and makes the engine ready; work is taken as soon as the test function has run. */
  open(): Promise<void>;
  close(graceSeconds: number): Promise<void>;
}

/** With the key that this worker shows to management. */
export type SettingsWithKey = Settings & { readonly workerKey: string };

/** Opens what the worker keeps open and puts its parts together. Throws `RuntimeRefusedError`. */
export async function assembleWorker(settings: SettingsWithKey, logger: Logger): Promise<AssembledWorker> {
  const folder = folderOf(settings);
  const machineId = await machineIdIn(folder);
  const parts = await makeParts(settings, logger, folder, machineId);
  const { stores, chosen, channelServer, pool, recorder, replies, intake, source } = parts;
  const keeper = assembleStanding({ ...parts, machines: stores.machines }, settings.leaseSeconds, logger);
  const watch = new Watch(keeper, watchedOf(parts, keeper, settings), watchEvents(logger), {
    heartbeatSeconds: settings.heartbeatSeconds,
    machine: describeMachine(settings, machineId, chosen.runtime.kind),
  });
  parts.onEngineDoubted.add((problem) => watch.doubt(problem));
  const upkeep = upkeepOf(chosen.runtime, settings.reconcileIntervalSeconds, logger);
  return {
    runtimeKind: chosen.runtime.kind,
    warning: chosen.warning,
    checkStore: () => stores.store.check(),
    open: async () => {
      parts.versions.open();
      await parts.metrics.open();
      await watch.open();
      upkeep.open();
    },
    close: async (graceSeconds) => {
      keeper.close();
      upkeep.close();
      await watch.close();
      await intake.close(graceSeconds);
      await parts.versions.close();
      await recorder.close(graceSeconds);
      await parts.metrics.close();
      await pool.close();
      await channelServer.close();
      await chosen.runtime.close();
      await Promise.allSettled([replies.close(), source.close(0)]);
      await stores.store.close();
    },
  };
}

type Parts = Awaited<ReturnType<typeof makeParts>>;

async function makeParts(settings: SettingsWithKey, logger: Logger, folder: string, machineId: string) {
  const stores = await openStores({ databaseUrl: settings.databaseUrl });
  const queueSettings = { redisUrl: settings.redisUrl, keyPrefix: settings.redisKeyPrefix };
  const channelServer = new GrpcChannelServer({ maxMessageBytes: settings.maxMessageBytes });
  const chosen = await createContainerRuntime(runtimeSettings(settings, folder, machineId, channelServer));
  const urls = new FileUrls(settings.managementUrl, settings.workerKey);
  const downloads = new HttpPackageCache(urls, {
    folder: join(folder, 'packages'),
    maxBytes: settings.maxPackageCacheBytes,
  });
  const testApp = { name: TEST_APP, folder: join(folder, TEST_APP), files: TEST_APP_FILES };
  const packages = new CacheWithBuiltIn(downloads, testApp);
  const pool = new AppHostPool(packages, poolSettings(settings, folder, machineFacts(settings)));
  const clock = new TrustedClock();
  const recorder = new Recorder(stores.invocations, stores.batches, () => clock.errorMs, {
    onCommitFailed: (error, tries) =>
      logger.warn({ err: error, tries }, 'The database did not take outcomes; they are held.'),
  });
  const replies = RedisReplySender.open(queueSettings);
  const source = new BullmqWorkSource(
    { ...queueSettings, machineId },
    { onTrouble: (message, error) => logger.warn({ err: error }, message) },
  );
  const versions = new VersionCache(
    stores.catalogue,
    clampedLog(containerCaps(settings, machineSize()), logger),
  );
  const tools = {
    versions,
    pool,
    packages,
    invocations: stores.invocations,
    batches: stores.batches,
    input: new HttpBatchInput(urls, settings.maxItemBytes),
    recorder,
    replies,
    streams: new StreamDoor(settings.managementUrl),
    now: () => clock.now(),
    settings: { machineId, maxLogBytes: settings.maxLogBytes },
    chunkSettings: { ...settings, machineId },
  };
  const onEngineDoubted = new Set<(problem: EngineProblem) => void>();
  const intake = new Intake(source, tools, lanesOf(settings, chosen.runtime), {
    onAttemptFailed: (job, error) => {
      logger.warn({ err: error, id: job.id, kind: job.kind }, 'An attempt failed; the queue tries again.');
      const problem = engineProblem(error);
      if (problem) for (const doubt of onEngineDoubted) doubt(problem);
    },
  });
  const metrics = assembleMetrics(settings, pool, logger);
  return {
    stores,
    chosen,
    channelServer,
    downloads,
    pool,
    recorder,
    replies,
    source,
    intake,
    clock,
    metrics,
    onEngineDoubted,
    versions,
  };
}

function watchedOf(parts: Parts, keeper: StandingKeeper, settings: Settings): Watched {
  const { chosen, pool, recorder, intake, source } = parts;
  return {
    checkEngine: engineCheck(chosen.runtime, () => prepare(parts, settings)),
    runTestFunction: () => runTestFunction(pool),
    recorderStuckSeconds: () => recorder.stuckSeconds,
    slotsBusy: () => intake.busy,
    busySeconds: () => source.busySeconds,
    standing: () => keeper.standing,
    pauseIntake: () => source.pause(),
    resumeIntake: () => intake.resume(),
  };
}

/** Makes the engine ready. Throws `EngineUnavailableError`. */
async function prepare({ downloads, chosen, channelServer, pool }: Parts, settings: Settings): Promise<void> {
  await downloads.open();
  const { channelHost } = await chosen.runtime.prepare();
  const channelPort = await channelServer.listen(channelHost);
  await pool.open({ runtime: chosen.runtime, channelServer, channelPort, settings: hostSettings(settings) });
}

function watchEvents(logger: Logger): WatchEvents {
  return {
    onHealthChanged: ({ state, reason }) => logger.log(`The worker is ${state}. ${reason}`),
    onHeartbeatFailed: (error) => logger.warn({ err: error }, 'The heartbeat could not be written.'),
  };
}

/** Where the build puts the language worker, beside the compiled apps. */
const LANGUAGE_WORKER = {
  folder: fileURLToPath(new URL('../../../language-worker/', import.meta.url)),
  entry: 'language-worker.cjs',
};

function runtimeSettings(
  settings: Settings,
  folder: string,
  machineId: string,
  channelServer: ChannelServer,
): RuntimeSettings {
  return {
    setting: settings.containerRuntime,
    isProduction: settings.isProduction,
    allowsProcessInProduction: settings.allowProcessRuntime,
    docker: {
      ...DEFAULT_DOCKER_SETTINGS,
      engineAddress: settings.dockerHost,
      engineTls: settings.engineTls,
      isolation: settings.containerIsolation,
      languageWorkers: settings.languageWorkerChoices,
      installationId: settings.redisKeyPrefix,
      workerId: machineId,
      networkMode: settings.containerNetwork,
      listenOn: (host) => channelServer.listen(host),
      ...networkSettings(settings),
      languageWorker: LANGUAGE_WORKER,
      timeouts: engineTimeouts(settings),
      reconcileGraceSeconds: settings.reconcileGraceSeconds,
      reconcileDryRun: settings.reconcileDryRun,
    },
    process: {
      languageWorker: LANGUAGE_WORKER,
      nodePath: process.execPath,
      dataFolder: join(folder, 'processes'),
      baseEnvironment: settings.processEnvironment,
    },
  };
}

function hostSettings(settings: Settings): AppHostSettings {
  return {
    defaults: containerDefaults(settings),
    caps: containerCaps(settings, machineSize()),
    maxMessageBytes: settings.maxMessageBytes,
    startTimeoutSeconds: settings.containerStartSeconds,
  };
}

function machineFacts(settings: Settings): Parameters<typeof poolSettings>[2] {
  const machine = machineSize();
  return { memoryBytes: machine.memoryBytes, caps: containerCaps(settings, machine) };
}

function machineSize(): MachineSize {
  return { memoryBytes: totalmem(), cores: availableParallelism() };
}

/** Which lanes this machine takes work from. For which system it can run apps is known when the runtime is prepared. */
function lanesOf(settings: Settings, runtime: ContainerRuntime): IntakeSettings {
  const { pool, interactiveConcurrency, chunkConcurrency } = settings;
  return {
    pool,
    interactiveConcurrency,
    chunkConcurrency,
    get os() {
      return runtime.os;
    },
  };
}

function describeMachine(
  settings: Settings,
  id: string,
  runtime: Machine['runtime'],
): WatchSettings['machine'] {
  return {
    id,
    name: settings.name,
    os: platform() === 'win32' ? 'windows' : platform() === 'darwin' ? 'darwin' : 'linux',
    pool: settings.pool,
    runtime,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    containerCaps: containerCaps(settings, machineSize()),
    attributes: {
      osBuild: release(),
      isolation: runtime === 'process' ? 'none' : null,
      engineVersion: null,
    },
    slots: settings.interactiveConcurrency + settings.chunkConcurrency,
  };
}
