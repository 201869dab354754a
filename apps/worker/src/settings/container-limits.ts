import type {
  CompleteContainerSettings,
  ContainerCaps,
  NetworkPolicy,
} from '#shared/domain/container-settings.js';
import { InvalidInputError } from '#shared/domain/errors.js';

/** Of the worker's settings, those about containers. */
interface ContainerValues {
  readonly containerMemoryBytes: number;
  readonly containerCpus: number;
  readonly containerCpuWeight: number;
  readonly containerPids: number;
  readonly containerTmpBytes: number;
  readonly containerNetwork: 'none' | 'outbound';
  readonly maxContainerMemoryBytes?: number | undefined;
  readonly maxContainerCpus?: number | undefined;
  readonly maxContainerPids?: number | undefined;
  readonly maxContainerTmpBytes?: number | undefined;
  readonly maxContainerNetwork: NetworkPolicy;
}

/** What a machine has to give. */
export interface MachineSize {
  readonly memoryBytes: number;
  readonly cores: number;
}

const USUAL_PIDS_CAP = 1024;
const USUAL_TMP_CAP_BYTES = 2 ** 30;

/** What a container gets whose app says nothing. */
export function containerDefaults(settings: ContainerValues): CompleteContainerSettings {
  return {
    memoryBytes: settings.containerMemoryBytes,
    cpus: settings.containerCpus,
    cpuWeight: settings.containerCpuWeight,
    pids: settings.containerPids,
    tmpBytes: settings.containerTmpBytes,
    network: { policy: settings.containerNetwork },
  };
}

/** The most that a container gets, whatever its app asks for; by default half of the memory and all processors. */
export function containerCaps(settings: ContainerValues, machine: MachineSize): ContainerCaps {
  const { containerMemoryBytes, containerCpus, containerPids, containerTmpBytes } = settings;
  return {
    memoryBytes:
      settings.maxContainerMemoryBytes ?? Math.max(containerMemoryBytes, Math.floor(machine.memoryBytes / 2)),
    cpus: settings.maxContainerCpus ?? Math.max(containerCpus, machine.cores),
    pids: settings.maxContainerPids ?? Math.max(containerPids, USUAL_PIDS_CAP),
    tmpBytes: settings.maxContainerTmpBytes ?? Math.max(containerTmpBytes, USUAL_TMP_CAP_BYTES),
    network: settings.maxContainerNetwork,
  };
}

const PAIRS = [
  ['containerMemoryBytes', 'maxContainerMemoryBytes'],
  ['containerCpus', 'maxContainerCpus'],
  ['containerPids', 'maxContainerPids'],
  ['containerTmpBytes', 'maxContainerTmpBytes'],
] as const;

/** Throws `InvalidInputError` naming both settings where the usual is more than the most. */
export function checkContainerLimits(settings: ContainerValues): void {
  const conflicts = PAIRS.flatMap(([usual, most]) => {
    const [value, cap] = [settings[usual], settings[most]];
    return cap !== undefined && value > cap
      ? [`${usual} (${value}) must not be more than ${most} (${cap}).`]
      : [];
  });
  if (settings.containerTmpBytes > settings.containerMemoryBytes) {
    conflicts.push(
      `containerTmpBytes (${settings.containerTmpBytes}) must not be more than containerMemoryBytes ` +
        `(${settings.containerMemoryBytes}): files in /tmp are memory.`,
    );
  }
  if (conflicts.length > 0) throw new InvalidInputError('Settings of the worker conflict.', conflicts);
}
