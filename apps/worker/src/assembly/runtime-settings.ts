import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { poolSettings } from './assemble-pool.js';
import type { ChannelServer } from '../channel/language-worker-channel.js';
import type { Settings } from '../config.js';
import type { ContainerRuntime } from '../containers/container-runtime.js';
import type { RuntimeSettings } from '../containers/create-container-runtime.js';
import { DEFAULT_DOCKER_SETTINGS } from '../containers/docker/docker-settings.js';
import type { AppHostSettings } from '../containers/pool/host-equipment.js';
import type { IntakeSettings } from '../intake/intake.js';
import { containerCaps, containerDefaults, type MachineSize } from '../settings/container-limits.js';
import { engineTimeouts } from '../settings/engine-limits.js';
import { networkSettings } from '../settings/network-settings.js';

/** Where the build puts the language worker, beside the compiled apps. */
const LANGUAGE_WORKER = {
  folder: fileURLToPath(new URL('../../../../language-worker/', import.meta.url)),
  entry: 'language-worker.cjs',
};

/** Of the worker's settings, those of every adapter of `ContainerRuntime` and of the choice between them. */
export function runtimeSettings(
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
      cgroupParent: settings.containerCgroupParent,
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

/** Of the worker's settings, those of what runs in containers. */
export function hostSettings(settings: Settings): AppHostSettings {
  return {
    defaults: containerDefaults(settings),
    caps: containerCaps(settings, machineSize()),
    maxMessageBytes: settings.maxMessageBytes,
    startTimeoutSeconds: settings.containerStartSeconds,
  };
}

/** What the pool must know of this machine. */
export function machineFacts(settings: Settings): Parameters<typeof poolSettings>[2] {
  const machine = machineSize();
  return { memoryBytes: machine.memoryBytes, caps: containerCaps(settings, machine) };
}

/** What this machine has. */
export function machineSize(): MachineSize {
  return { memoryBytes: totalmem(), cores: availableParallelism() };
}

/** Which lanes this machine takes work from. For which system it can run apps is known when the runtime is prepared. */
export function lanesOf(settings: Settings, runtime: ContainerRuntime): IntakeSettings {
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
