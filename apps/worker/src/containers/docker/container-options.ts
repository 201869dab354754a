import type { ContainerCreateOptions } from 'dockerode';
import type { ContainerSpec } from '../container-runtime.js';
import { languageWorkerArguments, languageWorkerEnvironment, nodeFlags } from '../language-worker-command.js';
import type { DockerSettings } from './docker-settings.js';
import type { EngineDialect } from './engine-dialect.js';
import { containerLabels, type Owner } from './labels.js';

/** What a container is made of besides its spec. */
export interface ContainerSurroundings {
  readonly dialect: EngineDialect;
  readonly settings: Pick<DockerSettings, 'namePrefix' | 'languageWorker'>;
  readonly owner: Owner;
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
  const { settings, owner, image, dialect } = surroundings;
  const { paths } = dialect;
  return {
    name: `${settings.namePrefix}${spec.id}`,
    Image: image,
    User: dialect.user,
    WorkingDir: paths.app,
    Cmd: command(spec, surroundings),
    Env: environmentList(
      languageWorkerEnvironment(spec.environment, {
        worker: paths.languageWorker,
        app: paths.app,
      }),
    ),
    Labels: containerLabels(owner, spec, surroundings.createdAt),
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: dialect.hostConfig(spec, surroundings),
  };
}

function command(spec: ContainerSpec, { dialect, settings, channelHost }: ContainerSurroundings): string[] {
  const { paths } = dialect;
  const target = {
    host: channelHost,
    port: spec.channelPort,
    token: spec.token,
    containerId: spec.id,
    maxMessageBytes: spec.maxMessageBytes,
  };
  return [
    paths.node,
    ...nodeFlags(spec.limits.memoryBytes),
    ...dialect.nodeOptions,
    `${paths.languageWorker}${paths.separator}${settings.languageWorker.entry}`,
    ...languageWorkerArguments(target),
  ];
}

function environmentList(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}
