import { availableParallelism, platform, release, totalmem } from 'node:os';
import type { Machine } from '#shared/domain/machine.js';
import type { WatchSettings } from '../capacity/watch.js';
import type { Settings } from '../config.js';
import { containerCaps } from '../container-limits.js';
import { machineSize } from './runtime-settings.js';

/** What a worker tells management of its machine, and does not change while it runs. */
export function describeMachine(
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
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      isolation: runtime === 'process' ? 'none' : null,
      engineVersion: null,
    },
    slots: settings.interactiveConcurrency + settings.chunkConcurrency,
  };
}
