import { join, resolve } from 'node:path';
import type { ContainerCaps } from '#shared/domain/container-settings.js';
import type { Settings } from '../config.js';
import type { PoolSettings } from '../containers/pool/app-host-pool.js';

/** Short against the time after which an idle container is paused. */
const LOOK_EVERY_SECONDS = 2;

/** Long against most calls, so that containers mostly become idle by themselves; short against a caller's patience. */
const PATIENCE_SECONDS = 10;

/** Of the worker's settings, those about its pool of containers. */
export type PoolValues = Pick<
  Settings,
  | 'containersMemoryShare'
  | 'containerConcurrency'
  | 'containerPauseSeconds'
  | 'containerIdleSeconds'
  | 'maxParallelStarts'
  | 'prewarmedContainers'
  | 'prewarmedContainersReactive'
  | 'prewarmedContainerSeconds'
  | 'reconcileGraceSeconds'
  | 'reconcileDryRun'
>;

/**
 * @param folder this worker's own
 * @param machine its size, and the most that it gives to one container
 */
export function poolSettings(
  settings: PoolValues,
  folder: string,
  machine: { readonly memoryBytes: number; readonly caps: Pick<ContainerCaps, 'memoryBytes'> },
): PoolSettings {
  return {
    // Never less than the largest container takes: it could never start.
    memoryBytes: Math.max(
      Math.floor(machine.memoryBytes * settings.containersMemoryShare),
      machine.caps.memoryBytes,
    ),
    concurrency: settings.containerConcurrency,
    pauseAfterSeconds: settings.containerPauseSeconds,
    idleSeconds: settings.containerIdleSeconds,
    maxParallelStarts: settings.maxParallelStarts,
    codeFolder: resolve(join(folder, 'code')),
    reconcileGraceSeconds: settings.reconcileGraceSeconds,
    reconcileDryRun: settings.reconcileDryRun,
    intervalSeconds: LOOK_EVERY_SECONDS,
    patienceSeconds: PATIENCE_SECONDS,
    prewarm: {
      base: settings.prewarmedContainers,
      reactiveMax: settings.prewarmedContainersReactive,
      timeToLiveSeconds: settings.prewarmedContainerSeconds,
    },
  };
}
