import type { ContainerCreateOptions, HostConfig, MountSettings } from 'dockerode';
import type { ContainerSpec } from '../container-runtime.js';
import { languageWorkerArguments, languageWorkerEnvironment, nodeFlags } from '../language-worker-command.js';
import type { DockerSettings } from './docker-settings.js';
import { CONTAINER_USER, IN_CONTAINER } from './image/image-layout.js';
import { containerLabels } from './labels.js';

/** What a container is made of besides its spec. */
export interface ContainerSurroundings {
  readonly settings: Pick<
    DockerSettings,
    'installationId' | 'workerId' | 'namePrefix' | 'networkMode' | 'tmpBytes' | 'languageWorker'
  >;
  readonly image: string;
  readonly networkId: string;
  /** The name or address under which the container reaches the FunctionRpc host. */
  readonly channelHost: string;
  readonly createdAt: Date;
}

/** A spec in the engine's words. */
export function containerOptions(
  spec: ContainerSpec,
  surroundings: ContainerSurroundings,
): ContainerCreateOptions {
  const { settings, image, channelHost } = surroundings;
  return {
    name: `${settings.namePrefix}${spec.id}`,
    Image: image,
    User: CONTAINER_USER,
    WorkingDir: IN_CONTAINER.app,
    Cmd: command(spec, channelHost, settings.languageWorker.entry),
    Env: environmentList(
      languageWorkerEnvironment(spec.environment, {
        worker: IN_CONTAINER.languageWorker,
        app: IN_CONTAINER.app,
      }),
    ),
    Labels: containerLabels(settings, spec, surroundings.createdAt),
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: { ...limits(spec), ...confinement(spec, surroundings) },
  };
}

function command(spec: ContainerSpec, channelHost: string, entry: string): string[] {
  const target = {
    host: channelHost,
    port: spec.channelPort,
    token: spec.token,
    containerId: spec.id,
    maxMessageBytes: spec.maxMessageBytes,
  };
  return [
    IN_CONTAINER.node,
    ...nodeFlags(spec.limits.memoryBytes),
    // The machine's own certificate authorities too, such as a company's: they are in the image.
    '--use-system-ca',
    `${IN_CONTAINER.languageWorker}/${entry}`,
    ...languageWorkerArguments(target),
  ];
}

function environmentList(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}

function limits({ limits: { memoryBytes, cpus, pids } }: ContainerSpec): HostConfig {
  return {
    // Equal: no swap. Swapping would slow the machine down for its owner.
    Memory: memoryBytes,
    MemorySwap: memoryBytes,
    NanoCpus: Math.round(cpus * 1e9),
    PidsLimit: pids,
    Ulimits: [
      { Name: 'nofile', Soft: 4096, Hard: 4096 },
      { Name: 'core', Soft: 0, Hard: 0 },
    ],
    // When the machine itself runs out of memory, functions go before whatever its owner has open.
    OomScoreAdj: 500,
  };
}

function confinement(spec: ContainerSpec, { settings, networkId }: ContainerSurroundings): HostConfig {
  return {
    ReadonlyRootfs: true,
    Mounts: [appMount(spec.packageFolder)],
    Tmpfs: { '/tmp': `rw,nosuid,nodev,exec,mode=1777,size=${settings.tmpBytes}` },
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    NetworkMode: networkId,
    // Even without a way out the engine's resolver would pass names on, and with them data; loopback inside answers nothing.
    ...(settings.networkMode === 'none' ? { Dns: ['127.0.0.1'] } : {}),
    // A process 1 that reaps what a function's children leave, and that dies of signals as any other process does.
    Init: true,
    RestartPolicy: { Name: 'no' },
    // Removed by us, after its exit has been looked at.
    AutoRemove: false,
    // Output is read from the attach stream: nothing of it may pile up on the disk.
    LogConfig: { Type: 'none', Config: {} },
  };
}

/** A mount, not a "bind": for a folder that is not there the engine then refuses instead of making one. */
function appMount(packageFolder: string): MountSettings {
  return { Type: 'bind', Source: packageFolder, Target: IN_CONTAINER.app, ReadOnly: true };
}
