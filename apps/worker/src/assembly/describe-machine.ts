import { availableParallelism, platform, release, totalmem } from 'node:os';
import type { CapacityProfile } from '#shared/domain/capacity/capacity-policy.js';
import type { WatchSettings } from '../capacity/watch.js';
import type { Settings } from '../config.js';
import type { ContainerRuntime } from '../containers/container-runtime.js';
import { machineTimeZone } from '../settings/capacity-settings.js';
import { containerCaps } from '../settings/container-limits.js';
import { machineSize } from './runtime-settings.js';

/** What a worker tells management of its machine. */
export function describeMachine(
  settings: Settings,
  id: string,
  runtime: Pick<ContainerRuntime, 'kind' | 'canPause' | 'traits'>,
  profile: () => CapacityProfile,
): WatchSettings['machine'] {
  return {
    id,
    name: settings.name,
    os: platform() === 'win32' ? 'windows' : platform() === 'darwin' ? 'darwin' : 'linux',
    pool: settings.pool,
    runtime: runtime.kind,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    containerCaps: containerCaps(settings, machineSize()),
    // Read anew for each heartbeat: an engine is known once it has been made ready.
    get attributes() {
      return {
        osBuild: release(),
        ...runtime.traits,
        canPause: runtime.canPause,
        timeZone: machineTimeZone(),
        profile: profile(),
        localPolicy: settings.localPolicy,
      };
    },
    slots: settings.interactiveConcurrency + settings.chunkConcurrency,
  };
}
